import { createHash } from 'node:crypto';
import { identifier, literal } from '@formwork/pg/sql-text';
import { viewSchema } from '../view-schema.ts';

/** A function that computes values which are stored. As a view it is named after its content, and never replaced. */
export interface GeneratedFunction {
  /** Within the schema formwork_views. */
  readonly name: string;
  /** Types of its parameters, by which it is dropped. */
  readonly parameters: string;
  /** The statement that makes it. */
  readonly text: string;
}

/** `signature` is what stands between name and body: "(data jsonb) returns jsonb". */
export function generateFunction(
  parameters: readonly (readonly [name: string, type: string])[],
  returns: string,
  body: string,
): GeneratedFunction {
  const content = [parameters, returns, body];
  const name = `f_${createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24)}`;
  const declared = parameters.map((parameter) => parameter.join(' ')).join(', ');
  // It runs as whoever writes, under the policies, and reads by the snapshot of the statement that calls it.
  const text =
    `create function ${identifier(viewSchema)}.${identifier(name)}(${declared}) returns ${returns}\n` +
    `language plpgsql stable as ${literal(`#variable_conflict use_variable\n${body}`)}`;
  return { name, parameters: parameters.map(([, type]) => type).join(', '), text };
}
