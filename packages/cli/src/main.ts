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
});
