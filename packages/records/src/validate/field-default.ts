import { copiedFrom, type Field } from '@formwork/registry';

export function hasDefault(field: Field): boolean {
  return field.default !== undefined && field.default !== null;
}

/** `{ "from": "product.price" }` */
export function isCopied(field: Field): boolean {
  return copiedFrom(field.type, field.default) !== null;
}

/** A constant default as clients write it: choices by name. One that is copied through a link is not known here. */
export function defaultOf(field: Field): unknown {
  const name = (key: unknown) => field.choices.find((choice) => choice.key === key)?.name;
  if (field.type === 'select') return name(field.default);
  if (field.type === 'multi_select' && Array.isArray(field.default)) return field.default.map(name);
  return isCopied(field) ? undefined : (field.default ?? undefined);
}
