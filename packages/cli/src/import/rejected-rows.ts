import { quote } from '../quote.ts';
import type { RejectedRow } from './import-rows.ts';
import { RejectsFile } from './rejects-file.ts';
import { describePlace } from './source.ts';

/** What is shown of the rejected rows; all of them go to the file, if there is one. */
export class RejectedRows {
  readonly #most = 20;
  readonly #shown: RejectedRow[] = [];
  readonly #file: RejectsFile | null;
  readonly #path: string | undefined;
  #count = 0;

  private constructor(file: RejectsFile | null, path: string | undefined) {
    this.#file = file;
    this.#path = path;
  }

  static async open(path: string | undefined): Promise<RejectedRows> {
    return new RejectedRows(path === undefined ? null : await RejectsFile.open(path), path);
  }

  async add(row: RejectedRow): Promise<void> {
    this.#count += 1;
    if (this.#shown.length < this.#most) this.#shown.push(withoutCells(row));
    await this.#file?.add(row);
  }

  /** The first ones, with their lines and reasons. */
  get shown(): readonly RejectedRow[] {
    return this.#shown;
  }

  /** The same for people. */
  describe(): string[] {
    const more = this.#count - this.#shown.length;
    const where =
      this.#path === undefined
        ? 'with --rejects <file> all are written down'
        : `all are in ${quote(this.#path)}`;
    return [
      ...this.#shown.map((row) => `${describePlace(row)}: ${row.reason}`),
      ...(more > 0 ? [`and ${more} more: ${where}`] : []),
    ];
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

function withoutCells({ cells: _, ...row }: RejectedRow): RejectedRow {
  return row;
}
