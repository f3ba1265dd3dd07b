import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { Failure } from '../failure.ts';
import { quote } from '../quote.ts';
import type { RejectedRow } from './import-rows.ts';
import { toPlainJson } from './parse-json.ts';

/** A file of JSON lines with the rejected rows: put right, its "record" can be imported again. */
export class RejectsFile {
  readonly #path: string;
  readonly #stream: WriteStream;
  #failure: Error | undefined;

  private constructor(path: string, stream: WriteStream) {
    this.#path = path;
    this.#stream = stream;
    stream.on('error', (error) => {
      this.#failure = error;
    });
  }

  /** Opens the file before anything is written to the database. */
  static async open(path: string): Promise<RejectsFile> {
    const stream = createWriteStream(path);
    try {
      await once(stream, 'open');
    } catch (error) {
      throw new Failure(`The file ${quote(path)} cannot be written: ${(error as Error).message}`);
    }
    return new RejectsFile(path, stream);
  }

  async add({ cells, reason, ...place }: RejectedRow): Promise<void> {
    if (this.#failure !== undefined) {
      throw new Failure(`The file ${quote(this.#path)} cannot be written: ${this.#failure.message}`);
    }
    const record = cells === undefined ? null : toPlainJson(Object.fromEntries(cells));
    const isRoom = this.#stream.write(`${JSON.stringify({ ...place, reason, record })}\n`);
    if (!isRoom) await Promise.race([once(this.#stream, 'drain'), once(this.#stream, 'close')]);
  }

  async close(): Promise<void> {
    if (this.#stream.destroyed) return;
    this.#stream.end();
    await once(this.#stream, 'close');
  }
}
