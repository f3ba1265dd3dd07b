import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Designs that come along, by the name of their file in `templates/`. */
export const templateNames = ['aviation', 'marketplace'] as const;

export type TemplateName = (typeof templateNames)[number];

/** A registry document, not yet checked. */
export async function readTemplate(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(import.meta.dirname, '../templates', `${name}.json`), 'utf8'));
}
