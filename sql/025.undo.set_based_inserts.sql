-- The role stays: other databases of the cluster may use it.
set role formwork_writer;
drop function formwork.insert_filled(text, jsonb, text, boolean);
reset role;

set role formwork_owner;
drop function formwork.insert_records(text, jsonb, text, boolean), formwork.fits(text, jsonb, boolean);
drop trigger _100_fill_new on formwork.records;
drop trigger _100_fill_changed on formwork.records;
create trigger _100_fill_record before insert or update on formwork.records
  for each row execute function formwork.fill_record();
do $$
declare
  called regprocedure;
begin
  for called in select oid from pg_catalog.pg_proc
    where pronamespace = 'formwork'::regnamespace and proowner = 'formwork_owner'::regrole
  loop
    execute format('revoke execute on function %s from formwork_writer', called);
  end loop;
end
$$;
revoke all on all tables in schema formwork from formwork_writer;
revoke all on schema formwork from formwork_writer;

create or replace function formwork.finish_new() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  tenant uuid;
  record_type text;
  first_link uuid;
  are_many boolean;
  link_top int;
  kind record;
  are_rolled_up boolean := false;
  are_astray boolean := false;
  ids uuid[];
  targets text[];
  types text[];
  rule formwork.rollups;
  parents uuid[];
  links uuid[];
  contents jsonb[];
  signs int[];
  task formwork.rollup_task;
  tasks formwork.rollup_task[];
begin
  select a.tenant_id, a.entity_type, a.l1, exists (select from added offset 1)
    into tenant, record_type, first_link, are_many from added a limit 1;
  if not are_many then
    select s.link_top, s.link_targets, s.is_rolled_up into link_top, targets, are_rolled_up from formwork.entity_storage s
      where s.tenant_id = any (array[tenant]) and s.entity_type = record_type;
  end if;
  if link_top < 2 then
    if first_link is not null then
      perform from formwork.records r
        where r.tenant_id = any (array[tenant]) and r.id = first_link and r.entity_type = targets[1]
          and r.deleted_at is null
        for key share;
      are_astray := not found;
    end if;
  elsif are_many is not null then
    for kind in
      select s.tenant_id, s.entity_type, s.link_top, s.link_targets, s.is_rolled_up
      from (select distinct a.tenant_id, a.entity_type from added a) k
      join formwork.entity_storage s on s.tenant_id = any (array[k.tenant_id]) and s.entity_type = k.entity_type
    loop
      are_rolled_up := are_rolled_up or kind.is_rolled_up;
      if kind.link_top = 1 then
        select array_agg(l.id), array_agg(kind.link_targets[1]) into ids, targets
          from (select distinct a.l1 as id from added a
            where a.tenant_id = kind.tenant_id and a.entity_type = kind.entity_type and a.l1 is not null) l;
        are_astray := are_astray or ids is not null and not lead_home(kind.tenant_id, ids, targets);
      elsif kind.link_top > 1 then
        select array_agg(l.id), array_agg(l.target) into ids, targets
          from (select distinct l.id, l.target from added a
            cross join lateral unnest(array[a.l1, a.l2, a.l3, a.l4, a.l5, a.l6, a.l7, a.l8], kind.link_targets) l (id, target)
            where a.tenant_id = kind.tenant_id and a.entity_type = kind.entity_type and l.id is not null) l;
        are_astray := are_astray or ids is not null and not lead_home(kind.tenant_id, ids, targets);
      end if;
    end loop;
  end if;
  if are_astray then
    perform set_config('app.look_again', 'yes', true);
    update formwork.records r set data = r.data
      where (r.tenant_id, r.id) in (select a.tenant_id, a.id from added a
        where num_nonnulls(a.l1, a.l2, a.l3, a.l4, a.l5, a.l6, a.l7, a.l8) > 0);
    perform set_config('app.look_again', '', true);
  end if;
  if not are_rolled_up then
    return null;
  end if;

  types := array(select distinct entity_type from added);
  for rule in
    select r.* from formwork.rollups r
    where r.tenant_id in (select distinct tenant_id from added)
      and (r.source_type = any (types) or r.entity_type = any (types))
  loop
    if rule.is_added and rule.source_type = any (types) then
      select array_agg(link), array_agg(a.data), array_agg(1) into links, contents, signs from added a
        cross join lateral (values ((array[a.l1, a.l2, a.l3, a.l4, a.l5, a.l6, a.l7, a.l8])[rule.slot])) l (link)
        where a.tenant_id = rule.tenant_id and a.entity_type = rule.source_type and link is not null;
      task := plan_difference(rule, links, contents, signs);
      if task.parents is not null then
        tasks := tasks || task;
      end if;
    elsif rule.way = 'link' and rule.source_type = any (types) then
      select array_agg(distinct link) into parents from added a
        cross join lateral (values ((array[a.l1, a.l2, a.l3, a.l4, a.l5, a.l6, a.l7, a.l8])[rule.slot])) l (link)
        where a.tenant_id = rule.tenant_id and a.entity_type = rule.source_type and link is not null;
      if parents is not null then
        tasks := tasks || row(rule, parents, false, null)::formwork.rollup_task;
      end if;
    end if;
    if rule.entity_type = any (types) then
      select array_agg(a.id) into parents from added a
        where a.tenant_id = rule.tenant_id and a.entity_type = rule.entity_type;
      if parents is not null then
        tasks := tasks || row(rule, parents, true, null)::formwork.rollup_task;
      end if;
    end if;
  end loop;
  perform formwork.roll_up(tasks);
  return null;
end
$$;

create or replace function formwork.check_link_targets() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  ids uuid[] := array[new.l1, new.l2, new.l3, new.l4, new.l5, new.l6, new.l7, new.l8];
  keys text[];
  targets text[];
  found_type text;
  is_deleted boolean;
begin
  select s.link_keys, s.link_targets into keys, targets from formwork.entity_storage s
    where s.tenant_id = new.tenant_id and s.entity_type = new.entity_type;
  for number in 1..8 loop
    continue when ids[number] is null;
    select r.entity_type, r.deleted_at is not null into found_type, is_deleted from formwork.records r
      where r.tenant_id = new.tenant_id and r.id = ids[number];
    if found_type is distinct from targets[number] or is_deleted then
      -- What counts is the record as it is now: the operation may have changed or deleted it since.
      perform from formwork.records me
        where me.tenant_id = new.tenant_id and me.id = new.id and me.entity_type = new.entity_type
          and ids[number] = (array[me.l1, me.l2, me.l3, me.l4, me.l5, me.l6, me.l7, me.l8])[number];
      if found then
        raise exception 'link "%" of "%" must lead to a record of "%"', keys[number], new.entity_type, targets[number]
          using errcode = 'FW011', detail = jsonb_build_object('entity', new.entity_type, 'field', keys[number],
            'target', targets[number], 'id', ids[number])::text;
      end if;
    end if;
  end loop;
  return null;
end
$$;

create or replace function formwork.check_record_link() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
begin
  perform from formwork.record_links l
    where (l.tenant_id, l.source_id, l.field, l.target_id) = (new.tenant_id, new.source_id, new.field, new.target_id);
  if not found then
    return null; -- taken away again in the same transaction
  end if;
  select * into rule from formwork.link_rules
    where tenant_id = new.tenant_id and entity_type = new.entity_type and field = new.field and slot is null;
  if not found then
    raise exception '"%" of "%" is not a field of links', new.field, new.entity_type using errcode = 'FW003';
  end if;
  perform from formwork.records r
    where r.tenant_id = new.tenant_id and r.id = new.source_id and r.entity_type = rule.entity_type
    for key share;
  if found then
    perform from formwork.records r
      where r.tenant_id = new.tenant_id and r.id = new.target_id and r.entity_type = rule.target
        and r.deleted_at is null
      for key share;
  end if;
  if not found then
    raise exception 'link "%" of "%" must lead to a record of "%"', new.field, new.entity_type, rule.target
      using errcode = 'FW011', detail = jsonb_build_object('entity', new.entity_type, 'field', new.field,
        'target', rule.target, 'id', new.target_id)::text;
  end if;
  return null;
end
$$;

reset role;
