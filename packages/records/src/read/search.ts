import type { Row } from '@formwork/pg';
import { mapValue, type SqlFragment, sql } from '@formwork/pg/sql-text';
import { type Entity, quote } from '@formwork/registry';
import type { ConnectionArguments, RecordError } from '../contract.ts';
import { assertStorable, badInput } from './bad-input.ts';
import { entityView } from './entity-view.ts';
import type { ReadLimits } from './limits.ts';
import type { OperandText } from './operand.ts';
import type { ReadContext } from './read-context.ts';

/** What was typed into a search, and how it is answered. */
export interface Search {
  readonly text: OperandText;
  /**
   * Whether few enough records match to say which match best: their ids come from the index of words. Else the word
   * tells little apart: records are read in the order of the list and those without the words are left out, so that
   * a page is read without looking at all that match.
   */
  readonly ranked: boolean;
  /** Taken for granted: where more match, nothing is found, which {@link searchOutcome} tells. */
  readonly atMost?: number;
}

/** Longer than anybody types. */
const longest = 500;

/**
 * A search of which it is taken for granted that few records match, so that nothing has to be asked before they are read.
 * Null where that cannot be: a cursor says how its list was begun, and under a row rule those that match are not counted
 * by the search. Throws BAD_USER_INPUT for what cannot be looked for.
 */
export function searchOfFew(
  { rankedMatches }: ReadLimits,
  entity: Entity,
  { search, orderBy, after, before }: ConnectionArguments,
): Search | null {
  const text = mapValue<unknown, string>(search, (known) => searchText(entity, known));
  const isContinued = (after ?? before ?? null) !== null && !orderBy?.length;
  return isContinued || entity.access?.read ? null : { text, ranked: true, atMost: rankedMatches };
}

/** What statements of a {@link searchOfFew} have come to, asked behind them in their batch; it begins anew from there. */
export const searchOutcome = sql`select current_setting('app.search_found', true), set_config('app.search_found', '', true)`;

/** "unknown" where they were not in the batch: one that fails is run again by itself. */
export function readOutcome([row]: readonly Row[]): 'few' | 'many' | 'wordless' | 'unknown' {
  const noted = row?.[0] ?? '';
  if (noted === '') return 'unknown';
  if (noted.includes('w')) return 'wordless';
  return noted.includes('m') ? 'many' : 'few';
}

/**
 * Looks how much the search matches, which takes a statement of its own; a cursor goes on the way it was begun. Null
 * where nothing is searched for. Throws BAD_USER_INPUT for a search without a word, which must never match everything.
 */
export async function openSearch(
  context: ReadContext,
  entity: Entity,
  { search, orderBy, after, before }: ConnectionArguments,
): Promise<Search | null> {
  if (search === undefined) return null;
  const text = searchText(entity, search);
  const cursor = after ?? before;
  if (typeof cursor === 'string' && !orderBy?.length) {
    const place = { ...context.cursors, entity: entity.storageKey, signature: rankSignature(text) };
    const [rank] = context.cursors.sealer.read(place, cursor, after === cursor ? 'after' : 'before');
    return { text, ranked: rank !== unranked };
  }
  const { rankedMatches: most } = context.limits;
  // Whether there is a word in it is asked where nothing matches.
  const rows = await context.batcher.run(sql`
    select c.count, c.count = 0 and (formwork.search_query(${entity.storageKey}, ${sql.unseen(text)})).matching is null
    from (${countMatches(entity, text, most + 1)}) c`);
  const [count, isEmpty] = rows[0] ?? [];
  if (isEmpty === 't') throw wordless(text);
  return { text, ranked: Number(count) <= most };
}

export function wordless(text: string): RecordError {
  return badInput('search', `has no word in it: ${quote(text)}. To list everything leave it out.`);
}

/**
 * How many match, counted as far as is asked. What a row rule hides from the caller must not decide how the others are
 * listed: under one all that match are looked up, and those that the caller may see are counted.
 */
function countMatches(entity: Entity, text: string, most: number): SqlFragment {
  if (!entity.access?.read) {
    return sql`select count(*) from formwork.search_records(${entity.storageKey}, ${sql.unseen(text)}, ${most}, false)`;
  }
  const found = sql`select f.id from formwork.search_records(${entity.storageKey}, ${sql.unseen(text)}, null, false) f`;
  return sql`select count(*) from (
    select v.id from ${entityView(entity).name} v where v.id = any (array(${found})) limit ${most}::int8) c`;
}

/** A rank means something for the words that it was made for, and for no others. */
export function rankSignature(text: string): string {
  return `search ${text}`;
}

/** In a cursor, in the place of a rank; where there are ranks, all are more. */
export const unranked = '0';

/** Whether all records that match are looked at, to count them, or the page that stands first. */
export type Reading = 'all' | 'some';

/** The records that match, as `id` and `rank`, which is 0 unless they are ranked. */
export function foundRecords(entity: Entity, { text, atMost }: Search, ranked: boolean): SqlFragment {
  const words = sql`${entity.storageKey}, ${sql.unseen(text)}`;
  const isRanked = sql.raw(String(ranked));
  return atMost === undefined
    ? sql`formwork.search_records(${words}, null, ${isRanked})`
    : sql`formwork.search_few(${words}, ${sql.unseen(atMost)}::int, ${isRanked})`;
}

/** Condition on the record under the alias. With a `link` the records are found by its index, and else by that of words. */
export function compileSearch(
  { entity, link }: { readonly entity: Entity; readonly link?: object | undefined },
  alias: SqlFragment,
  search: Search,
  reads: Reading,
): SqlFragment {
  if (!search.ranked && reads === 'some') {
    const query = sql`(select (formwork.search_query(${entity.storageKey}, ${sql.unseen(search.text)})).matching)`;
    // A value and no `exists`, which would be planned to collect all records with the words beforehand.
    return sql`(select w.words @@ ${query} from formwork.records w where w.id = ${alias}.id)`;
  }
  const found = sql`select f.id from ${foundRecords(entity, search, false)} f`;
  // `is true` makes it a look-up in a hash table.
  return link ? sql`(${alias}.id in (${found})) is true` : sql`${alias}.id = any (array(${found}))`;
}

function searchText(entity: Entity, search: unknown): string {
  if (entity.searchable.length === 0) {
    throw badInput('search', `has nothing to look into: no field of ${quote(entity.key)} is searchable.`);
  }
  if (typeof search !== 'string') throw badInput('search', 'is null. To list everything leave it out.');
  if (search.length > longest) {
    throw badInput('search', `has ${search.length} characters; at most ${longest} are looked for.`);
  }
  return assertStorable(search, 'search');
}
