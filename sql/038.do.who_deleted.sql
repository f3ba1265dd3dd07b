set role formwork_owner;

-- As in 027, and: what a deletion changes besides (links that are emptied, records that are kept as deleted) was changed by
-- whoever deletes, which the deletion says in app.actor. It had a new version and a new time, and the name of somebody else.
create or replace function formwork.apply_link_policy(rule formwork.link_rules, gone uuid[]) returns void
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  blockers jsonb;
  touched bigint := 0;
  most bigint := coalesce(nullif(current_setting('app.delete_limit', true), '')::bigint, 10000);
  is_kept boolean;
  patience text := current_setting('lock_timeout');
  is_tree boolean := rule.slot is not null and rule.on_delete = 'cascade' and rule.entity_type = rule.target;
  taken uuid[];
  held uuid[] := '{}';
  actor text := nullif(current_setting('app.actor', true), '');
begin
  if rule.on_delete = 'restrict' then
    if rule.slot is null then
      select jsonb_agg(jsonb_build_object('entity', rule.entity_type, 'id', b.source_id)) into blockers
      from (select l.source_id from formwork.record_links l
        join formwork.records r on r.tenant_id = l.tenant_id and r.id = l.source_id and r.deleted_at is null
        where l.tenant_id = rule.tenant_id and l.entity_type = rule.entity_type and l.field = rule.field
          and l.target_id = any (gone) limit 5) b;
    else
      execute format('select jsonb_agg(jsonb_build_object(''entity'', $1, ''id'', b.id))
        from (select r.id from formwork.records r where r.tenant_id = $2 and r.%1$I = any ($3)
          and r.entity_type = $1 limit 5) b', rule.slot)
        using rule.entity_type, rule.tenant_id, gone into blockers;
    end if;
    if blockers is not null then
      raise exception 'records of "%" still link here', rule.entity_type
        using errcode = 'FW012', detail = jsonb_build_object('entity', rule.target, 'by', rule.entity_type,
          'field', rule.field, 'records', blockers)::text;
    end if;
  end if;

  if is_tree then
    perform set_config('lock_timeout', '100ms', true);
    loop
      -- By the index of the link, step by step.
      execute format('with recursive below (id) as (
          select r.id from formwork.records r where r.tenant_id = $1 and r.%1$I = any ($2) and r.entity_type = $3
          union
          select r.id from below b cross join lateral (select r.id from formwork.records r
            where r.tenant_id = $1 and r.%1$I = b.id and r.entity_type = $3 offset 0) r
        ) select coalesce(array_agg(id order by id), ''{}'') from below', rule.slot)
        using rule.tenant_id, gone, rule.entity_type into taken;
      -- Until nobody can move any of them elsewhere.
      exit when taken = held;
      perform from formwork.records r where r.tenant_id = rule.tenant_id and r.id = any (taken) order by r.id for update;
      held := taken;
    end loop;
    perform set_config('lock_timeout', patience, true);
  elsif rule.slot is not null and rule.on_delete <> 'restrict' then
    perform set_config('lock_timeout', '100ms', true);
    execute format('select from formwork.records r where r.tenant_id = $1 and r.%1$I = any ($2) and r.entity_type = $3
      order by r.id for update', rule.slot)
      using rule.tenant_id, gone, rule.entity_type;
    perform set_config('lock_timeout', patience, true);
  end if;

  if rule.slot is null then
    -- Under "restrict" these are rows of deleted records.
    delete from formwork.record_links l
      where l.tenant_id = rule.tenant_id and l.entity_type = rule.entity_type and l.field = rule.field
        and l.target_id = any (gone);
  elsif rule.on_delete = 'cascade' then
    select s.soft_delete into is_kept from formwork.entity_storage s
      where s.tenant_id = rule.tenant_id and s.entity_type = rule.entity_type;
    execute format(case when is_kept
      then 'update formwork.records r set deleted_at = now(), updated_by = coalesce($5, r.updated_by)'
      else 'delete from formwork.records r' end || ' where r.tenant_id = $1 and r.entity_type = $3 and '
      || case when is_tree then 'r.id = any ($4)' else 'r.%1$I = any ($2)' end, rule.slot)
      using rule.tenant_id, gone, rule.entity_type, taken, actor;
    get diagnostics touched = row_count;
  elsif rule.on_delete = 'set_null' then
    execute format('update formwork.records r set data = r.data - $4, updated_by = coalesce($5, r.updated_by)
      where r.tenant_id = $1 and r.%1$I = any ($2) and r.entity_type = $3', rule.slot)
      using rule.tenant_id, gone, rule.entity_type, rule.field, actor;
    get diagnostics touched = row_count;
  end if;
  if touched > most then
    raise exception 'the deletion touches % records of "%"; at most % are allowed', touched, rule.entity_type, most
      using errcode = 'FW013', detail = jsonb_build_object('entity', rule.entity_type, 'touched', touched,
        'limit', most)::text;
  end if;
end
$$;

reset role;
