/** How long, in milliseconds, the server waits for a client before it cuts it off. */
export interface Patience {
  /** For all headers of a request. */
  readonly headers: number;
  /** For a request as a whole, its body included. */
  readonly request: number;
  /** For the next piece of an answer to be taken: what is not taken stands in memory. */
  readonly answer: number;
  /** For the next request on a connection that is kept. */
  readonly next: number;
  /** Between two looks at who is late with a request. */
  readonly look: number;
}

export const defaultPatience: Patience = {
  headers: 20_000,
  request: 120_000,
  answer: 60_000,
  // Load balancers keep a connection for a minute; if we closed it first, a request could meet a closed door.
  next: 75_000,
  look: 10_000,
};
