import { hearInterruptions } from './hear-interruptions.ts';
import { run } from './run.ts';

// Whoever reads our output may have had enough (`formwork … | head`): that is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void run(process.argv.slice(2), {
  environment: process.env,
  input: process.stdin,
  out: process.stdout,
  error: process.stderr,
  interrupted: hearInterruptions(),
}).then((code) => {
  process.exitCode = code;
  // What is written is flushed and the process ends by itself, unless something lingers: a connection that tries to
  // come back to a Postgres that has died under it would do so for ever.
  setTimeout(() => process.exit(), 2_000).unref();
});
