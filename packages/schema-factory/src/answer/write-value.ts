import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLOutputType,
  GraphQLString,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { decimalScalar } from '../scalars/decimal.ts';
import { dateScalar, dateTimeScalar, timeScalar } from '../scalars/temporal.ts';
import { writeList } from './object-writer.ts';
import { Surprise } from './surprise.ts';

/** A value of an answer as JSON, in the very characters that JSON.stringify makes of what the executor gives. */
export type WriteValue = (value: unknown) => string;

/** Writes values of a leaf type, of lists of them, null where the type allows it. Throws `Surprise` for others. */
export function valueWriter(type: GraphQLOutputType): WriteValue {
  if (isNonNullType(type)) {
    const write = presentWriter(type.ofType);
    return (value) => {
      if (value === null || value === undefined) throw new Surprise('a value is missing');
      return write(value);
    };
  }
  const write = presentWriter(type);
  return (value) => (value === null || value === undefined ? 'null' : write(value));
}

function presentWriter(type: GraphQLOutputType): WriteValue {
  if (isListType(type)) {
    const write = valueWriter(type.ofType);
    return (value) => {
      if (!Array.isArray(value)) throw new Surprise('a list is none');
      return writeList(value, write);
    };
  }
  if (!isLeafType(type)) throw new Surprise(`"${String(type)}" is no type of values`);
  return writers.get(type) ?? (isEnumType(type) ? choiceWriter(type) : serialized(type));
}

/** As any type of values may be written. */
function serialized(type: GraphQLLeafType): WriteValue {
  return (value) => {
    const text = JSON.stringify(type.serialize(value));
    if (text === undefined || text === 'null') throw new Surprise('a value is written as none');
    return text;
  };
}

function choiceWriter(type: GraphQLLeafType): WriteValue {
  const texts = new Map(
    (isEnumType(type) ? type.getValues() : []).map(({ name, value }) => [value, JSON.stringify(name)]),
  );
  return (value) => {
    const text = texts.get(value);
    if (text === undefined) throw new Surprise('a choice is not there any more');
    return text;
  };
}

/** Characters that stand in JSON as they are. */
const plain = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

function writeText(value: unknown): string {
  if (typeof value !== 'string') throw new Surprise('a text is none');
  // Longer ones are looked at faster by JSON itself.
  return value.length < 100 && plain.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** Digits and signs: nothing that would have to be escaped. */
function writeSigns(value: unknown): string {
  if (typeof value !== 'string') throw new Surprise('a text is none');
  return `"${value}"`;
}

function writeInt(value: unknown): string {
  if (typeof value !== 'number' || !Number.isInteger(value) || value > 2147483647 || value < -2147483648) {
    throw new Surprise('a whole number is none');
  }
  return String(value);
}

function writeFloat(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new Surprise('a number is none');
  return String(value);
}

function writeBoolean(value: unknown): string {
  if (typeof value !== 'boolean') throw new Surprise('a boolean is none');
  return value ? 'true' : 'false';
}

/** The types of most values, without the detour over a value of JavaScript's. */
const writers: ReadonlyMap<GraphQLLeafType, WriteValue> = new Map<GraphQLLeafType, WriteValue>([
  [GraphQLString, writeText],
  [GraphQLID, writeText],
  [GraphQLInt, writeInt],
  [GraphQLFloat, writeFloat],
  [GraphQLBoolean, writeBoolean],
  [decimalScalar, writeSigns],
  [dateScalar, writeSigns],
  [dateTimeScalar, writeSigns],
  [timeScalar, writeSigns],
]);
