/** Ctrl-C, and what a supervisor or a closed terminal sends. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Milliseconds since the first signal within which others are the same one: npm passes on what the terminal, or `timeout`,
 * has sent our whole process group already, and on a busy machine it takes its time.
 */
const echo = 1_000;

/** Milliseconds between two looks at whether npm is still there. */
const parentInterval = 500;

/**
 * The first signal asks for an end in order: what is under way is finished and Postgres stopped. A second Ctrl-C, for
 * those who cannot wait, ends the process at once; the embedded Postgres then stops with the next command.
 */
export function hearInterruptions(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const signal of signals) {
    process.on(signal, () => {
      const now = performance.now();
      first ??= now;
      if (now - first > echo) process.exit(130);
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
