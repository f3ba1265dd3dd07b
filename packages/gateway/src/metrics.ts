/** Counts for `/metrics`, in Prometheus' text format. Nothing in it names a tenant. */
export class Metrics {
  /** By name and labels: their texts are put together when somebody reads them. */
  readonly #counts = new Map<string, Map<string, number>>();
  /** Of each request there is to count; their names are put together when somebody reads them. */
  readonly #statuses = new Map<number, number>();
  #milliseconds = 0;
  readonly #gauges = new Map<string, () => number>();

  count(name: string, labels = '', by = 1): void {
    let counts = this.#counts.get(name);
    if (counts === undefined) {
      counts = new Map();
      this.#counts.set(name, counts);
    }
    counts.set(labels, (counts.get(labels) ?? 0) + by);
  }

  gauge(name: string, read: () => number): void {
    this.#gauges.set(`formwork_${name}`, read);
  }

  request(status: number, code: string | null, milliseconds: number): void {
    this.#statuses.set(status, (this.#statuses.get(status) ?? 0) + 1);
    this.#milliseconds += milliseconds;
    if (code !== null) this.count('errors', `{code="${code}"}`);
  }

  print(): string {
    const requests = [...this.#statuses].map(
      ([status, count]) => [`formwork_requests_total{status="${status}"}`, count] as const,
    );
    const time = [['formwork_request_milliseconds_total', this.#milliseconds]] as const;
    const counts = [...this.#counts].flatMap(([name, ofName]) =>
      [...ofName].map(([labels, count]) => [`formwork_${name}_total${labels}`, count] as const),
    );
    const lines = [...counts, ...requests, ...(requests.length > 0 ? time : [])].map(
      ([key, value]) => `${key} ${Math.round(value * 10) / 10}`,
    );
    const gauges = [...this.#gauges].map(([key, read]) => `${key} ${read()}`);
    return `${[...lines, ...gauges].sort().join('\n')}\n`;
  }
}
