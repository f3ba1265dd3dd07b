import { type Field, type FieldOptions, longestAddress } from '@formwork/registry';
import { alsoMatching, clientPatterns, decimalPattern } from './client-patterns.ts';
import { compilePattern } from './linear-pattern.ts';
import type { Audience, JsonSchema } from './schema-types.ts';

/** Text that has no maximum of its own ends here, in characters. */
export const longestText = 2_000_000;

const int32 = { least: -(2 ** 31), most: 2 ** 31 - 1 };

const anyJson = ['object', 'array', 'string', 'number', 'boolean'];

/** Schema of a value that stands in the record itself; null for links and for what clients do not write. */
export function valueSchema(field: Field, audience: Audience): JsonSchema | null {
  const { options } = field;
  switch (field.type) {
    case 'text':
    case 'long_text':
      return textSchema(options, audience);
    case 'email':
      return onlyForClients(
        audience,
        { ...textSchema(options, audience, longestAddress.email), format: 'email' },
        clientPatterns.email,
      );
    case 'url':
      return onlyForClients(
        audience,
        { ...textSchema(options, audience, longestAddress.url), format: 'uri' },
        clientPatterns.url,
      );
    case 'phone':
      return audience === 'client'
        ? alsoMatching(textSchema(options, audience), clientPatterns.phone)
        : { ...textSchema(options, audience), format: 'phone' };
    case 'integer':
      return { type: 'integer', minimum: options.min ?? int32.least, maximum: options.max ?? int32.most };
    case 'rating':
      return { type: 'integer', minimum: 0, maximum: options.highest ?? 5 };
    case 'number':
    case 'percent':
      return present({ type: 'number', minimum: options.min, maximum: options.max });
    case 'decimal':
      return decimalSchema(options, audience);
    case 'currency':
      return moneySchema(options, audience);
    case 'boolean':
      return { type: 'boolean' };
    case 'date':
      return onlyForClients(audience, momentSchema('date', options), clientPatterns.date);
    case 'datetime':
      return onlyForClients(audience, momentSchema('date-time', options), clientPatterns.dateTime);
    case 'time':
      return audience === 'client'
        ? { type: 'string', pattern: clientPatterns.time, ...renamed(options) }
        : momentSchema('iso-time', options);
    case 'duration':
      return audience === 'client'
        ? { type: 'string', pattern: clientPatterns.duration }
        : { type: 'string', format: 'duration' };
    case 'select':
      return choiceSchema(field, audience);
    case 'multi_select':
      return {
        type: 'array',
        items: choiceSchema(field, audience),
        uniqueItems: true,
        maxItems: Math.max(1, field.choices.length),
      };
    case 'json':
      return audience === 'client' ? { type: anyJson } : { 'x-json': true };
    default:
      return null;
  }
}

function textSchema(
  { minLength, maxLength, pattern }: FieldOptions,
  audience: Audience,
  most = longestText,
): JsonSchema {
  const longest = pattern === undefined ? most : Math.min(compilePattern(pattern)?.longestText ?? most, most);
  return present({
    type: 'string',
    'x-storable': audience === 'engine' ? true : undefined,
    minLength,
    maxLength: Math.min(maxLength ?? longest, longest),
    pattern,
  });
}

/** What the usual format lets pass and the engine's does not. */
function onlyForClients(audience: Audience, schema: JsonSchema, pattern: string): JsonSchema {
  return audience === 'client' ? alsoMatching(schema, pattern) : schema;
}

function decimalSchema(options: FieldOptions, audience: Audience): JsonSchema {
  const { precision = 38, scale = 20, min, max } = options;
  const digits = { 'x-precision': precision, 'x-scale': scale };
  if (audience === 'client') {
    const tooLarge = 10 ** precision;
    return present({
      type: ['string', scale === 0 ? 'integer' : 'number'],
      pattern: decimalPattern(options),
      // Of numbers; text is compared by nobody but us.
      ...(min === undefined ? { exclusiveMinimum: -tooLarge } : { minimum: Number(min) }),
      ...(max === undefined ? { exclusiveMaximum: tooLarge } : { maximum: Number(max) }),
      ...digits,
      ...renamed(options),
    });
  }
  // A number has become text before.
  const bounds = { formatMinimum: textOf(min), formatMaximum: textOf(max) };
  return present({ type: 'string', format: 'decimal', ...digits, ...bounds });
}

function moneySchema(options: FieldOptions, audience: Audience): JsonSchema {
  const { currencies } = options;
  const code = audience === 'client' ? { pattern: clientPatterns.currency } : { format: 'currency-code' };
  const currency = { type: 'string', ...(currencies ? { enum: currencies } : code) };
  return {
    type: 'object',
    properties: { amount: decimalSchema(options, audience), currency },
    required: ['amount', 'currency'],
    additionalProperties: false,
  };
}

function momentSchema(format: string, { min, max }: FieldOptions): JsonSchema {
  return present({ type: 'string', format, formatMinimum: textOf(min), formatMaximum: textOf(max) });
}

/** Bounds of what is text for clients, who have no format to compare it by. */
function renamed({ min, max }: FieldOptions): JsonSchema {
  return present({ 'x-minimum': textOf(min), 'x-maximum': textOf(max) });
}

function choiceSchema({ choices }: Field, audience: Audience): JsonSchema {
  if (audience === 'engine') return { type: 'string', enum: choices.map((choice) => choice.name) };
  return {
    type: 'string',
    oneOf: choices.map(({ name, label, description, deprecated }) =>
      present({
        const: name,
        title: label,
        description: description || undefined,
        deprecated: deprecated === undefined ? undefined : true,
      }),
    ),
  };
}

function textOf(bound: number | string | undefined): string | undefined {
  return bound === undefined ? undefined : String(bound);
}

function present(schema: JsonSchema): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
}
