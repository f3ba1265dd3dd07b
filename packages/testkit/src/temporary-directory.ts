import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';

const memory = '/dev/shm';
/** Bytes that a run may need: it uses a gigabyte. */
const enough = 4 * 1024 ** 3;

/**
 * Where Postgres keeps what goes with the run: in memory, where there is room. A database is a thousand files, which cost
 * a disk four times what they hold.
 */
export async function temporaryDirectory(): Promise<string> {
  const room = await statfs(memory).catch(() => null);
  return room !== null && room.bavail * room.bsize >= enough ? memory : tmpdir();
}
