/** What a primary key may be. */
export const keyKinds = ['bigserial', 'uuidv4', 'uuidv7'] as const;
export type KeyKind = (typeof keyKinds)[number];

const columns: Readonly<Record<KeyKind, string>> = {
  bigserial: 'bigserial',
  uuidv4: 'uuid default gen_random_uuid()',
  uuidv7: 'uuid default uuidv7()',
};

/** A table for each kind, with a row of the size of a small record; autovacuum would come between the runs. */
export const makeKeyTables = `
  drop schema if exists keys cascade;
  create schema keys;
  create extension if not exists pg_buffercache;
  ${keyKinds
    .map(
      (kind) => `create table keys.${kind} (id ${columns[kind]}, payload text not null,
    made_at timestamptz not null default clock_timestamp(), constraint ${kind}_key primary key (id))
    with (autovacuum_enabled = off);
  create table keys.recent_${kind} as select id from keys.${kind} with no data;`,
    )
    .join('\n')}`;

/** $1: how many. */
export const insertRows = (kind: KeyKind) =>
  `insert into keys.${kind} (payload) select repeat('x', 120) from generate_series(1, $1::int)`;

/** The latest rows, in no order: what a shop's users look at. $1: of the latest how many, $2: how many of them. */
export const pickRecent = (kind: KeyKind) => `
  insert into keys.recent_${kind}
    select id from (select id from keys.${kind} order by ctid desc limit $1) latest order by random() limit $2`;

export const readRecent = (kind: KeyKind) => `
  select count(t.payload) from keys.recent_${kind} r
    cross join lateral (select payload from keys.${kind} t where t.id = r.id offset 0) t`;
