-- Reads whose values change, for less: plans that small tenants share, and a search that is answered at once.

set role formwork_owner;

-- Whether the running tenant has no more than so many records, deleted ones included, and so many links to many. Counted
-- in an index, so far and no further, by plans that are kept.
create function formwork.holds_few(most int) returns boolean
language plpgsql stable parallel safe
set search_path = formwork, pg_catalog, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
begin
  return (select count(*) from (select from formwork.records limit most + 1) r) <= most
    and (select count(*) from (select from formwork.record_links limit most + 1) l) <= most;
end
$$;

-- As begin_read, and says how what comes behind it is planned: for a tenant of few records by plans that are kept, since
-- the worst of them reads those few and planning would take longer; for any other each time, for the values at hand.
create function formwork.begin_read_by_size(tenant uuid, most int, out versions text, out planning text)
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  versions := begin_read(tenant);
  planning := set_config('plan_cache_mode',
    case when holds_few(most) then 'force_generic_plan' else 'force_custom_plan' end, true);
end
$$;

-- A value of a slot belongs to one entity type as a rule: "refunded" to orders. Without knowing that, the planner multiplies
-- the two frequencies and expects 100 records where there are 2,000, reads them all and sorts them, where the first 20
-- would soon be met in the order of another index. Of the slots that are filled first: each costs planning half a percent.
do $$
declare
  slot text;
begin
  foreach slot in array array['t1', 't2', 't3', 't4', 'n1', 'n2'] loop
    execute format('create statistics formwork.records_%1$s_of_type (mcv) on entity_type, %1$I from formwork.records', slot);
  end loop;
end
$$;

grant execute on function formwork.holds_few(int), formwork.begin_read_by_size(uuid, int)
  to formwork_gateway, formwork_designer;
grant create on schema formwork to formwork_search;

reset role;
set role formwork_search;

-- As search_records (sql/010, which says what keeps tenants apart), but nothing where more than `most` match: so that few
-- are ranked and read in one statement, before it is known that they are few. Which it was is noted for the statement
-- behind: "f" for few (or nothing), "m" for too many, "w" for no word to look for.
create function formwork.search_few(record_type text, search text, most int, ranked boolean)
returns table (id uuid, rank real)
language plpgsql stable security definer rows 100
set search_path = formwork, pg_catalog, pg_temp
set enable_seqscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  tenant uuid := formwork.current_tenant_id();
  query record := formwork.search_query(record_type, search);
  ids uuid[];
  texts tsvector[];
  is_few boolean;
begin
  if query.matching is not null then
    select array_agg(m.id), array_agg(m.words) into ids, texts
    from (
      select f.id, case when ranked then f.words end as words
      from (
        select r.tenant_id, r.entity_type, r.id, r.words from formwork.records r
        where r.words @@ query.matching offset 0
      ) f
      where f.tenant_id = tenant and f.entity_type = record_type
      limit most + 1
    ) m;
  end if;
  is_few := coalesce(cardinality(ids), 0) <= most;
  perform set_config('app.search_found', coalesce(current_setting('app.search_found', true), '')
    || case when query.matching is null then 'w' when is_few then 'f' else 'm' end, true);
  if is_few then
    return query
      select m.id, case when ranked then ts_rank('{0.1, 0.2, 0.4, 1}', m.words, query.ranking, 1) else 0 end::real
      from unnest(ids, texts) m (id, words);
  end if;
end
$$;
revoke all on function formwork.search_few(text, text, int, boolean) from public;
grant execute on function formwork.search_few(text, text, int, boolean) to formwork_gateway;

reset role;
set role formwork_owner;
revoke create on schema formwork from formwork_search;
reset role;
