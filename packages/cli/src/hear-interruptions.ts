/** Ctrl-C, and what a supervisor or a closed terminal sends. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Milliseconds within which two signals are one: npm passes on what the terminal has sent us already. */
const echo = 300;

/** Milliseconds between two looks at whether npm is still there. */
const parentInterval = 500;

/**
 * The first signal asks for an end in order: what is under way is finished and Postgres stopped. A second Ctrl-C, for
 * those who cannot wait, ends the process at once; the embedded Postgres then stops with the next command.
 */
export function hearInterruptions(): AbortSignal {
  const controller = new AbortController();
  let last = 0;
  for (const signal of signals) {
    process.on(signal, () => {
      const isEcho = Date.now() - last < echo;
      last = Date.now();
      if (controller.signal.aborted && !isEcho) process.exit(130);
      controller.abort();
    });
  }
  if (process.env.npm_lifecycle_event !== undefined) watchParent(controller);
  return controller.signal;
}

/**
 * Between npm and us is a shell. A signal sent to npm alone (`kill`, a supervisor) ends that shell, which does not tell
 * us: we would run on with nobody left who knows. That our parent is another one now tells us.
 */
function watchParent(controller: AbortController): void {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    controller.abort();
  }, parentInterval);
  watch.unref();
}
