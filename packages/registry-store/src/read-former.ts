import type { TransactionSql } from '@formwork/pg';
import {
  type Continued,
  type Registry,
  type RegistryDocument,
  RegistryError,
  revertTo,
  type StorageNames,
} from '@formwork/registry';

/** What leads back to the registry as it was before a version was applied. Throws RegistryError where nothing does. */
export async function readFormer(
  sql: TransactionSql,
  current: Registry | null,
  version: number,
  reverted: number,
): Promise<{ readonly document: RegistryDocument; readonly continued: Continued }> {
  if (current === null || !Number.isInteger(reverted) || reverted < 1 || reverted > version) {
    const known = version === 0 ? 'There is none yet' : `Versions are 1 to ${version}`;
    throw refusal('VERSION_UNKNOWN', `There is no version ${reverted} to undo. ${known}.`);
  }
  const { document, storage } = reverted === 1 ? nothing : await readVersion(sql, reverted - 1);
  const made = revertTo(current, document, storage);
  if ('problems' in made) throw new RegistryError(made.problems);
  return made;
}

interface FormerVersion {
  readonly document: RegistryDocument;
  readonly storage: StorageNames;
}

/** Before the first version. */
const nothing: FormerVersion = {
  document: { formwork: 1, entities: [] },
  storage: { entities: {}, fields: {} },
};

async function readVersion(sql: TransactionSql, version: number): Promise<FormerVersion> {
  const [row] = await sql<{ document: string; storage: string | null }[]>`
    select document::text as document, storage::text as storage
    from formwork.registry_versions where version = ${version}`;
  if (row === undefined || row.storage === null) {
    const message = `Version ${version} was applied before it was noted where its data lies, so nothing leads back to it. Change the registry instead.`;
    throw refusal('NOT_REVERTIBLE', message);
  }
  return { document: JSON.parse(row.document), storage: JSON.parse(row.storage) };
}

function refusal(code: string, message: string): RegistryError {
  return new RegistryError([{ code, path: 'version', message }]);
}
