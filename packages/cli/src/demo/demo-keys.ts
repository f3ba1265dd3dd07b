import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authenticate } from '@formwork/directory';
import type { DataPlane } from '@formwork/pg';

/**
 * The demo tenants' keys in a file that only its owner can read. The database keeps hashes alone, and every start is
 * to print a key that works. Keys of real tenants are never kept.
 */
export class DemoKeys {
  readonly #path: string;
  readonly #keys: Map<string, string>;

  private constructor(path: string, keys: Map<string, string>) {
    this.#path = path;
    this.#keys = keys;
  }

  static async open(dataDir: string): Promise<DemoKeys> {
    const path = join(dataDir, 'demo-keys.json');
    return new DemoKeys(path, await readKeys(path));
  }

  /** A key that this database accepts, or null. */
  async find(dataPlane: DataPlane, slug: string): Promise<string | null> {
    const key = this.#keys.get(slug);
    if (key === undefined) return null;
    const caller = await authenticate(dataPlane, key);
    return caller?.tenant.slug === slug ? key : null;
  }

  async keep(slug: string, key: string): Promise<void> {
    this.#keys.set(slug, key);
    await mkdir(join(this.#path, '..'), { recursive: true });
    // Renamed into place: whoever reads at this moment gets the old file or the new one, whole.
    const draft = `${this.#path}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify(Object.fromEntries(this.#keys), null, 2)}\n`, { mode: 0o600 });
    await rename(draft, this.#path);
  }
}

/** What cannot be read is made anew. */
async function readKeys(path: string): Promise<Map<string, string>> {
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'));
    const entries = Object.entries(typeof read === 'object' && read !== null ? read : {});
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}
