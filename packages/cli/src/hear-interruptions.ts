/** Ctrl-C, and what a supervisor or a closed terminal sends. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The first signal asks for an end in order: what is under way is finished and Postgres stopped. A second Ctrl-C, for
 * those who cannot wait, ends the process at once; the embedded Postgres then stops with the next command.
 */
export function hearInterruptions(): AbortSignal {
  const controller = new AbortController();
  let last = 0;
  for (const signal of signals) {
    process.on(signal, () => {
      // npm passes a signal on that the terminal has sent us already: two at once are one.
      const isEcho = Date.now() - last < 300;
      last = Date.now();
      if (controller.signal.aborted && !isEcho) process.exit(130);
      controller.abort();
    });
  }
  return controller.signal;
}
