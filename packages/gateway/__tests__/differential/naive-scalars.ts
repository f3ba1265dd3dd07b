import { GraphQLError, Kind, type ValueNode, valueFromASTUntyped } from 'graphql';

/** Our scalars, as the SDL describes them: what goes in is brought into one form. */
interface Scalar {
  readonly serialize: (value: unknown) => unknown;
  readonly parseValue: (value: unknown) => unknown;
  readonly parseLiteral: (node: ValueNode, variables?: Record<string, unknown> | null) => unknown;
}

function textual(parse: (text: string) => string | null): Scalar {
  const parseValue = (value: unknown) => {
    const parsed = typeof value === 'string' ? parse(value) : null;
    if (parsed === null) throw new GraphQLError('is no such value');
    return parsed;
  };
  return {
    serialize: (value) => value,
    parseValue,
    parseLiteral: (node) => parseValue(node.kind === Kind.STRING ? node.value : null),
  };
}

function dateOf(text: string): string | null {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
  return isDay ? text : null;
}

function withoutZeros(fraction = ''): string {
  const digits = fraction.replace(/\.?0*$/, '');
  return digits;
}

function timeOf(text: string): string | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(\.\d{1,6})?$/.exec(text);
  return match && `${match[1]}:${match[2]}:${match[3]}${withoutZeros(match[4])}`;
}

function momentOf(text: string): string | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const moment = Date.parse(`${match?.[1]}${match?.[3]}`);
  if (match === null || Number.isNaN(moment)) return null;
  return `${new Date(moment).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}${withoutZeros(match[2])}Z`;
}

const decimal = (value: unknown): string => {
  if (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(String(value))) return String(value);
  throw new GraphQLError('is no decimal');
};

export const scalars: Readonly<Record<string, Scalar>> = {
  Date: textual(dateOf),
  DateTime: textual(momentOf),
  Time: textual(timeOf),
  Duration: textual((text) => (/^P(?=\d|T\d)[\dYMWDTHS.]+$/.test(text) ? text : null)),
  Decimal: {
    serialize: (value) => value,
    parseValue: decimal,
    parseLiteral: (node) => decimal('value' in node ? node.value : null),
  },
  JSON: {
    serialize: (value) => value,
    parseValue: (value) => value,
    parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
  },
};
