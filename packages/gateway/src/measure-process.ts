import { getHeapStatistics } from 'node:v8';
import type { Metrics } from './metrics.ts';

/** What an operator watches of the process: what it holds, and what it may. */
export function measureProcess(metrics: Metrics): void {
  metrics.gauge('resident_bytes', () => process.memoryUsage.rss());
  metrics.gauge('heap_bytes', () => getHeapStatistics().used_heap_size);
  metrics.gauge('heap_limit_bytes', () => getHeapStatistics().heap_size_limit);
}
