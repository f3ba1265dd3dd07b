import SchemaBuilder from '@pothos/core';
import type { DesignContext } from './context.ts';

/** The builder that every type of this room is made with. Fields are non-null unless they say otherwise. */
export const builder = new SchemaBuilder<{
  Context: DesignContext;
  DefaultFieldNullability: false;
  Scalars: {
    JSON: { Input: unknown; Output: unknown };
    DateTime: { Input: string; Output: string };
  };
}>({ defaultFieldNullability: false });
