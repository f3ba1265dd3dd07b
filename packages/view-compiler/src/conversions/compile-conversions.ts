import { literal } from '@formwork/pg/sql-text';
import type { Entity, Field } from '@formwork/registry';
import { type GeneratedFunction, generateFunction } from '../stored/generated-function.ts';
import { type ConvertedPair, conversionsOf } from './conversions-of.ts';
import { convertValue } from './convert-value.ts';

/** SQL for the counterpart of a value of the old field in the new one; `value` is a name. */
export function convertForth(value: string, { source, target, allowLoss }: ConvertedPair): string {
  return convertValue(value, source, target, { allowLoss, withOptions: true });
}

/** The other way round. What the old type has no place for is left out: the new one has it. */
export function convertBack(value: string, { source, target }: ConvertedPair): string {
  return convertValue(value, target, source, { allowLoss: true, withOptions: false });
}

/**
 * The function that keeps the fields of each pair alike: from the data of a record, that of before, and the storage keys of
 * new fields for which a value without a counterpart is refused. Null where nothing is converted.
 */
export function compileConversions(entity: Entity): GeneratedFunction | null {
  const pairs = conversionsOf(entity);
  if (pairs.length === 0) return null;
  const steps = pairs.map((pair) => (pair.state === 'filling' ? fill(pair) : keepAlike(pair)));
  const body = `declare\n  v jsonb;\nbegin\n${steps.join('')}  return data;\nend`;
  const parameters = [
    ['data', 'jsonb'],
    ['was', 'jsonb'],
    ['strict', 'text[]'],
  ] as const;
  return generateFunction(parameters, 'jsonb', body);
}

/** Nobody writes the new one yet: it is what the old one says. */
function fill(pair: ConvertedPair): string {
  const { source, target } = pair;
  return (
    put(source, target, convertForth('v', pair)) +
    `  if v is null and data ? ${literal(source.storageKey)} and ${literal(target.storageKey)} = any (strict) then\n` +
    `${refuse(pair.entity, source, target)}  end if;\n`
  );
}

/** Whichever was written makes the other; where both were, the new one does. */
function keepAlike(pair: ConvertedPair): string {
  const { entity, source, target } = pair;
  const [from, to] = [literal(source.storageKey), literal(target.storageKey)];
  const refused = (written: Field, other: Field) =>
    `  if v is null and data ? ${literal(written.storageKey)} then\n${refuse(entity, written, other)}  end if;\n`;
  return (
    `  if data -> ${to} is distinct from was -> ${to} then\n` +
    put(target, source, convertBack('v', pair)) +
    refused(target, source) +
    `  elsif data -> ${from} is distinct from was -> ${from} then\n` +
    put(source, target, convertForth('v', pair)) +
    refused(source, target) +
    '  end if;\n'
  );
}

function put(from: Field, to: Field, converted: string): string {
  const key = literal(to.storageKey);
  return (
    `  v := data -> ${literal(from.storageKey)};\n` +
    `  v := ${converted};\n` +
    `  data := case when v is null then data - ${key} else data || jsonb_build_object(${key}, v) end;\n`
  );
}

function refuse(entity: Entity, written: Field, other: Field): string {
  const detail = { entity: entity.storageKey, field: written.storageKey, other: other.storageKey };
  return (
    "    raise exception 'a value has no counterpart in the other type of its field'\n" +
    `      using errcode = 'FW015', detail = ${literal(JSON.stringify(detail))};\n`
  );
}
