set role formwork_owner;

-- What a cascade takes restricts nothing, in whatever order cascades come upon it: an order and the payment for it go with
-- their account, although the payment alone would keep the order. Payments were looked for as soon as the order was gone.

-- A rule that restricts, to be asked when all is gone that goes with what somebody deletes. Written down in parts, of which
-- app.postponed is the last: a setting is copied as a whole for each record, and of 10,000 records in one that took 27 s.
create function formwork.postpone(rule formwork.link_rules, gone uuid[]) returns void
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  part int := coalesce(nullif(current_setting('app.postponed', true), '')::int, 0);
  held text := coalesce(current_setting('app.postponed_' || part, true), '');
begin
  if length(held) > 10000 then
    part := part + 1;
    held := '';
  end if;
  perform set_config('app.postponed_' || part, held || rule.tenant_id || ' ' || rule.entity_type || ' ' || rule.field || ' '
    || array_to_string(gone, ',') || E'\n', true);
  perform set_config('app.postponed', part::text, true);
end
$$;

create function formwork.apply_postponed() returns void
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  last_part int := nullif(current_setting('app.postponed', true), '')::int;
  asked record;
begin
  if last_part is null then
    return;
  end if;
  for asked in
    select r as rule, array_agg(id::uuid) as gone
    from generate_series(0, last_part) part
    cross join string_to_table(current_setting('app.postponed_' || part), E'\n') line
    cross join string_to_table(split_part(line, ' ', 4), ',') id
    join formwork.link_rules r on r.tenant_id::text = split_part(line, ' ', 1)
      and r.entity_type = split_part(line, ' ', 2) and r.field = split_part(line, ' ', 3)
    group by r.tenant_id, r.entity_type, r.field order by r.entity_type, r.field
  loop
    perform formwork.apply_link_policy(asked.rule, asked.gone);
  end loop;
  for part in 0..last_part loop
    perform set_config('app.postponed_' || part, '', true);
  end loop;
  perform set_config('app.postponed', '', true);
end
$$;

-- As in 018.
create or replace function formwork.apply_delete_policies() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
  gone uuid[];
  is_first boolean := pg_trigger_depth() = 1;
begin
  perform set_config('app.highest_lock', greatest(
    coalesce(current_setting('app.highest_lock', true), ''),
    (select max(formwork.lock_place(r.level, d.id)) from deleted d
      join formwork.rollups r on r.tenant_id = d.tenant_id and r.entity_type = d.entity_type)), true);
  delete from formwork.record_links l using deleted d where l.tenant_id = d.tenant_id and l.source_id = d.id;
  for rule in
    select r.* from formwork.link_rules r
    where (r.tenant_id, r.target) in (select distinct d.tenant_id, d.entity_type from deleted d)
    order by r.on_delete, r.entity_type, r.field -- cascade, restrict, set_null: what a cascade takes blocks nothing
  loop
    gone := array(select d.id from deleted d where d.tenant_id = rule.tenant_id and d.entity_type = rule.target);
    if rule.on_delete = 'restrict' and not is_first then
      perform formwork.postpone(rule, gone);
    else
      perform formwork.apply_link_policy(rule, gone);
    end if;
  end loop;
  if is_first then
    perform formwork.apply_postponed();
  end if;
  return null;
end
$$;

-- As in 036, and asks restricting rules when the statement is through.
create or replace function formwork.apply_soft_delete_policies() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
begin
  if new.tenant_id <> formwork.tenant_id_if_set() then
    perform formwork.refuse_changed_tenant();
  end if;
  perform formwork.refuse_old_snapshot();
  perform set_config('app.highest_lock', greatest(
    coalesce(current_setting('app.highest_lock', true), ''),
    (select formwork.lock_place(max(r.level), new.id) from formwork.rollups r
      where r.tenant_id = new.tenant_id and r.entity_type = new.entity_type)), true);
  for rule in
    select r.* from formwork.link_rules r where r.tenant_id = new.tenant_id and r.target = new.entity_type
    order by r.on_delete, r.entity_type, r.field
  loop
    if rule.on_delete = 'restrict' then
      perform formwork.postpone(rule, array[new.id]);
    else
      perform formwork.apply_link_policy(rule, array[new.id]);
    end if;
  end loop;
  return null;
end
$$;

-- Behind those of all rows of the statement: what goes along with one of them may lead to another.
create function formwork.finish_soft_deletes() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  if pg_trigger_depth() = 1 then
    perform formwork.apply_postponed();
  end if;
  return null;
end
$$;

create trigger _320_finish_soft_deletes after update of deleted_at on formwork.records
  for each statement execute function formwork.finish_soft_deletes();

grant execute on function formwork.postpone(formwork.link_rules, uuid[]), formwork.apply_postponed()
  to formwork_gateway, formwork_designer, formwork_system;

reset role;
