import { didYouMean } from '../did-you-mean.ts';
import type { FieldType, RollupFunction } from '../document.ts';
import { quote } from '../quote.ts';
import type { RollupWay } from './computation.ts';
import type { ComputedScope, ScopeEntity, ScopeField } from './computed-scope.ts';
import type { ReportComputed } from './resolved-field.ts';

/** Where a rollup's records come from. */
interface RollupSource {
  readonly entity: ScopeEntity;
  readonly way: RollupWay;
}

/** The records that a rollup rolls up. Null where there are none, with a problem, or without one where that is another's. */
export function findRollupSource(
  scope: ComputedScope,
  entity: ScopeEntity,
  rollup: ScopeField,
  report: ReportComputed,
): RollupSource | null {
  const { via = '' } = rollup.options;
  const inverse = entity.inverses.get(via);
  if (inverse !== undefined) {
    const source = scope.entities.get(inverse.source);
    const link = source?.fields.get(inverse.field);
    if (!source || !link) {
      return null;
    }
    const kind = link.type === 'links' ? 'in' : 'link';
    return { entity: source, way: { kind, source: source.name, field: link.name, slot: link.linkSlot } };
  }
  const links = entity.fields.get(via);
  if (links?.type === 'links') {
    const source = scope.entities.get(links.options.target ?? '');
    return source
      ? { entity: source, way: { kind: 'out', source: source.name, field: links.name, slot: null } }
      : null;
  }
  if (links?.type !== null) {
    report(entity, rollup, { option: 'via', ...refusal(entity, rollup, links) });
  }
  return null;
}

function refusal(entity: ScopeEntity, { key, options: { via = '' } }: ScopeField, field?: ScopeField) {
  const who = `The rollup ${quote(key)} goes through ${quote(via)}`;
  const ways = [
    ...entity.inverses.keys(),
    ...[...entity.fields.values()].filter(({ type }) => type === 'links').map(({ name }) => name),
  ];
  if (field !== undefined) {
    const message = `${who}, which leads to no list of records. Name a way back (the "inverse" of a link to ${quote(entity.key)}) or links to many.`;
    return { code: 'NOT_SUPPORTED', message };
  }
  const hint = didYouMean(via, ways) || (ways.length > 0 ? ` There are: ${ways.join(', ')}.` : '');
  return { code: 'FIELD_MISSING', message: `${who}, and the entity has no such way.${hint}` };
}

/** What a function makes of values of a type; null where it cannot be applied to them. */
export function rollupType(how: RollupFunction, type: FieldType): FieldType | null {
  const whole = type === 'integer' || type === 'rating' || type === 'autonumber';
  switch (how) {
    case 'count':
      return 'integer';
    case 'sum':
    case 'avg':
      // A sum of whole numbers may be larger than an Int.
      return whole || type === 'percent' ? 'number' : (totals.find((one) => one === type) ?? null);
    default:
      return whole ? 'integer' : texts.has(type) ? 'text' : (extremes.find((one) => one === type) ?? null);
  }
}

const totals = ['number', 'decimal', 'currency'] as const;
const extremes = [...totals, 'percent', 'date', 'datetime', 'time'] as const;
const texts: ReadonlySet<FieldType> = new Set(['text', 'long_text', 'email', 'url', 'phone']);
