import type { FieldOptions, FieldType } from './document.ts';

/** What an option is where the designer did not say; given the others, for a scale never exceeds its precision. */
export function defaultOptions(type: FieldType, options: FieldOptions): FieldOptions {
  switch (type) {
    case 'decimal':
    case 'currency': {
      const precision = options.precision ?? 38;
      return { precision: 38, scale: Math.min(20, precision) };
    }
    case 'rating':
      return { highest: 5 };
    case 'link':
      return { onDelete: 'restrict' };
    case 'links':
      return { onDelete: 'set_null' };
    default:
      return {};
  }
}

/** The options without those that say what holds anyway. */
export function withoutDefaults(type: FieldType, options: FieldOptions): FieldOptions {
  const defaults = new Map<string, unknown>(Object.entries(defaultOptions(type, options)));
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => !defaults.has(name) || defaults.get(name) !== value),
  );
}
