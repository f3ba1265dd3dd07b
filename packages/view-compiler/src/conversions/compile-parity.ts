import { literal } from '@formwork/pg/sql-text';
import { convertBack, convertForth } from './compile-conversions.ts';
import type { ConvertedPair } from './conversions-of.ts';

export interface Parity {
  /** `from …`: living records with a value of either field, as `r.id`, `r.o`, `r.n`, `r.forth` and `r.back`. */
  readonly source: string;
  /** Of those: that the two are not alike. */
  readonly differs: string;
  /** Of those: that the old value has no counterpart. */
  readonly isMisfit: string;
}

/** What derives each value of a pair anew and compares. Two are alike where either is what the other comes to. */
export function compileParity(pair: ConvertedPair): Parity {
  const [old, next] = [literal(pair.source.storageKey), literal(pair.target.storageKey)];
  const source =
    `from (select r.id, r.o, r.n, ${convertForth('r.o', pair)} as forth, ${convertBack('r.n', pair)} as back ` +
    `from (select id, data -> ${old} as o, data -> ${next} as n from formwork.records ` +
    `where entity_type = ${literal(pair.entity.storageKey)} and deleted_at is null ` +
    `and (data ? ${old} or data ? ${next}) offset 0) r) r`;
  // Where one is missing the other is not.
  const differs =
    '(r.n is null or r.o is null or (r.n is distinct from r.forth and r.o is distinct from r.back))';
  return { source, differs, isMisfit: `r.o is not null and r.forth is null and ${differs}` };
}
