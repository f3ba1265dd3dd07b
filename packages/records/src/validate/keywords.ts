import { parseDecimal } from '@formwork/registry';
import type { FuncKeywordDefinition, SchemaValidateFunction } from 'ajv';
import { findJsonFault, type JsonLimits } from './bounded-json.ts';
import { isStorableText } from './characters.ts';
import { longestText } from './value-schema.ts';

const jsonLimits: JsonLimits = { jsonDepth: 100, jsonLength: longestText };

/** Keywords beyond JSON Schema that are checked. */
export const keywords: readonly FuncKeywordDefinition[] = [
  {
    keyword: 'x-storable',
    type: 'string',
    schemaType: 'boolean',
    validate: (_: boolean, text: string) => isStorableText(text),
  },
  { keyword: 'x-json', schemaType: 'boolean', validate: checkJson() },
  // With a scale of its own a decimal has precision − scale digits before the point, as Postgres' numeric(p, s).
  { keyword: 'x-precision', type: 'string', schemaType: 'number', validate: fitsPrecision },
  { keyword: 'x-scale', type: 'string', schemaType: 'number', validate: fitsScale },
];

function fitsPrecision(precision: number, text: string): boolean {
  const decimal = parseDecimal(text);
  return decimal === null || decimal.wholeDigits + decimal.fractionDigits <= precision;
}

function fitsScale(scale: number, text: string): boolean {
  const decimal = parseDecimal(text);
  return decimal === null || decimal.fractionDigits <= scale;
}

function checkJson(): SchemaValidateFunction {
  const validate: SchemaValidateFunction = (_: boolean, value: unknown) => {
    const fault = findJsonFault(value, jsonLimits);
    if (fault === null) return true;
    validate.errors = [{ keyword: 'x-json', params: fault, message: fault.reason }];
    return false;
  };
  return validate;
}
