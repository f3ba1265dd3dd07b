import type { RecordNode } from '@formwork/records';
import { GraphQLID, GraphQLInterfaceType, GraphQLNonNull } from 'graphql';
import type { SchemaContext } from './context.ts';

export const idField = { type: new GraphQLNonNull(GraphQLID) };

/** Relay's object identification: https://relay.dev/graphql/objectidentification.htm */
export const nodeInterface = new GraphQLInterfaceType({
  name: 'Node',
  description: 'Any record. Ids are unique among all records.',
  fields: { id: idField },
  resolveType: (record: RecordNode, _context: SchemaContext) => record.typeName,
});
