/** Counts for `/metrics`, in Prometheus' text format. Nothing in it names a tenant. */
export class Metrics {
  readonly #counts = new Map<string, number>();
  readonly #gauges = new Map<string, () => number>();

  count(name: string, labels = '', by = 1): void {
    const key = `formwork_${name}_total${labels}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }

  gauge(name: string, read: () => number): void {
    this.#gauges.set(`formwork_${name}`, read);
  }

  request(status: number, code: string | null, milliseconds: number): void {
    this.count('requests', `{status="${status}"}`);
    this.count('request_milliseconds', '', milliseconds);
    if (code !== null) this.count('errors', `{code="${code}"}`);
  }

  print(): string {
    const lines = [...this.#counts].map(([key, value]) => `${key} ${Math.round(value * 10) / 10}`);
    const gauges = [...this.#gauges].map(([key, read]) => `${key} ${read()}`);
    return `${[...lines, ...gauges].sort().join('\n')}\n`;
  }
}
