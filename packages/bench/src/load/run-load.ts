import autocannon from 'autocannon';
import { BenchFailure } from '../failure.ts';
import type { Target } from '../targets/target.ts';
import { cpuTime, postgresTime } from './cpu-time.ts';

export interface LoadRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface LoadOptions {
  readonly connections: number;
  /** Seconds. */
  readonly duration: number;
  /** Process id of Postgres. */
  readonly postmaster: number;
}

/** One run of load on one target. */
export interface LoadResult {
  /** Requests answered in a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Microseconds of CPU for each request, null where the machine does not tell. */
  readonly serverCpu: number | null;
  readonly postgresCpu: number | null;
}

/** Seconds that a run is given at most where not one request is answered. */
const longest = 16;

/** Seconds that an answer may take: where 64 send a hundred records each, the slowest takes more than the usual ten. */
const timeout = 60;

/**
 * Sends the requests by turns, each connection from another place in the list, one after the other's answer. Where a run is
 * too short for a single answer, it is done again for twice as long.
 */
export async function runLoad(
  target: Target,
  requests: readonly LoadRequest[],
  options: LoadOptions,
): Promise<LoadResult> {
  const { connections, duration, postmaster } = options;
  const list: autocannon.Request[] = requests.map(({ headers, body }) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body,
  }));
  let client = 0;
  const [serverBefore, postgresBefore] = [await cpuTime(target.pid), await postgresTime(postmaster)];
  const result = await autocannon({
    url: target.url,
    connections,
    duration,
    timeout,
    setupClient: (each) => {
      const start = (client++ * 997) % list.length;
      each.setRequests([...list.slice(start), ...list.slice(0, start)]);
    },
  });
  const [serverAfter, postgresAfter] = [await cpuTime(target.pid), await postgresTime(postmaster)];
  const answered = result.requests.total;
  const failed = result.non2xx + result.errors + result.timeouts;
  if (failed === 0 && answered === 0 && duration < longest) {
    return runLoad(target, requests, { ...options, duration: duration * 2 });
  }
  if (failed > 0 || answered === 0) {
    throw new BenchFailure(
      `${target.title} did not answer everything: ${result.non2xx} with a status of failure, ${result.errors} not at all, ${result.timeouts} in time.`,
    );
  }
  return {
    rate: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    serverCpu: serverBefore === null || serverAfter === null ? null : (serverAfter - serverBefore) / answered,
    postgresCpu: (postgresAfter - postgresBefore) / answered,
  };
}
