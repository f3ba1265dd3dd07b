import { valueFromASTUntyped } from 'graphql';
import { builder } from './builder.ts';

builder.scalarType('JSON', {
  description:
    'Any JSON value. Send a document as a variable (`$document: JSON!`), or write it as a GraphQL object, ' +
    'which has no quotes around its keys.',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

builder.scalarType('DateTime', {
  description: 'A moment in UTC: `"2026-11-21T10:00:00.123456Z"`.',
  serialize: (value) => value,
});
