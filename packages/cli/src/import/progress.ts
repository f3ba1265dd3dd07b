import { SingleBar } from 'cli-progress';
import type { Terminal } from '../terminal.ts';
import type { Counts } from './import-rows.ts';

interface Progress {
  /** The file is understood and writing begins. */
  start(): void;
  /** Bytes of the file that were read. */
  read(bytes: number): void;
  count(counts: Counts): void;
  stop(): void;
}

/** Milliseconds between two lines where there is no terminal. */
const lineInterval = 5_000;

/** A bar on a terminal, a line now and then elsewhere, nothing where machines read. On standard error, as befits. */
export function createProgress(terminal: Terminal, size: number, isQuiet: boolean): Progress {
  if (isQuiet) return { start: () => {}, read: () => {}, count: () => {}, stop: () => {} };
  return terminal.error.isTTY === true ? createBar(terminal, size) : createLines(terminal);
}

function createBar(terminal: Terminal, size: number): Progress {
  const bar = new SingleBar({
    stream: terminal.error as NodeJS.WritableStream,
    format: '{bar} {percentage} % | {rows} rows, {rejected} rejected | {eta_formatted} left',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 50,
  });
  let position = 0;
  return {
    start: () => bar.start(Math.max(size, 1), 0, { rows: 0, rejected: 0 }),
    read: (bytes) => {
      position += bytes;
    },
    count: ({ rows, rejected }) => bar.update(Math.min(position, size), { rows, rejected }),
    stop: () => bar.stop(),
  };
}

function createLines(terminal: Terminal): Progress {
  let last = Date.now();
  return {
    start: () => {},
    read: () => {},
    count: ({ rows, rejected }) => {
      if (Date.now() - last < lineInterval) return;
      last = Date.now();
      terminal.error.write(`${rows} rows, ${rejected} rejected …\n`);
    },
    stop: () => {},
  };
}
