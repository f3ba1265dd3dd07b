-- What it costs that no expression of a view raises, and what the checks of a write cost: each line against its
-- unguarded form, over 200,000 documents of 20 values. Needs no tables of ours:
--   psql -f packages/view-compiler/bench/guards.sql
-- Postgres 15, microseconds of CPU a value. Reading, over the unguarded form: integer 0.5 (by type and numeric 1.0),
-- number 0.8, date 1.0 (an expression that knows the lengths of months 4). Checking on a write: date 2, datetime 4,
-- link 6, others below 0.5. (\timing says wall time; on a busy machine look at log_statement_stats.)
\set ON_ERROR_STOP on
set max_parallel_workers_per_gather = 0;
create temp table documents as
select jsonb_object_agg('f' || field, field * i) || jsonb_build_object('integer', i, 'number', i * 1.5,
  'date', to_char(date '2000-01-01' + (i % 9000), 'YYYY-MM-DD'),
  'datetime', to_char(timestamp '2000-01-01' + i * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'link', gen_random_uuid()) as data
from generate_series(1, 200000) i, generate_series(1, 15) field group by i;
vacuum analyze documents;
select count(data) from documents;
\timing on

\echo integer: unguarded, as in views, by type and numeric
select count((data -> 'integer')::int) from documents;
select count(case when data -> 'integer' between '-2147483648' and '2147483647' then (data -> 'integer')::int end)
  from documents;
select count(case when jsonb_typeof(data -> 'integer') = 'number'
  and (data -> 'integer')::numeric between -2147483648 and 2147483647 then (data -> 'integer')::int end) from documents;

\echo number: unguarded, as in views
select count((data -> 'number')::float8) from documents;
select count(case when data -> 'number' between '4.9e-324' and '1.7976931348623157e308'
  or data -> 'number' between '-1.7976931348623157e308' and '-4.9e-324' then (data -> 'number')::float8
  when data -> 'number' = '0' then 0 end) from documents;

\echo date: unguarded, as in views, by an expression that knows the lengths of months
select count((data ->> 'date')::date) from documents;
select count((jsonb_path_query_first(data, '$."date".datetime("YYYY-MM-DD")', silent => true) #>> '{}')::date)
  from documents;
select count(case when data ->> 'date' ~ '^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)$'
  then (data ->> 'date')::date end) from documents;

\echo checks of a write: type alone, date, datetime, link
select count(data @@ '$."date".type() == "string"') from documents;
select count(data @@ '$."date" like_regex "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$" && exists($."date".datetime("YYYY-MM-DD"))')
  from documents;
select count(data @@ '$."datetime" like_regex "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{0,5}[1-9])?Z$" && exists($."datetime".datetime("YYYY-MM-DD\"T\"HH24:MI:SS\"Z\""))')
  from documents;
select count(data @@ '$."link" like_regex "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"') from documents;
