-- Many new records of one entity type for less: what the triggers do for each of them, one statement does for all.

-- Who owns the function that does it, and nobody else: slots are written by triggers and by this.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'formwork_writer') then
    create role formwork_writer nologin;
  end if;
exception when duplicate_object or unique_violation then
  null; -- another database of the cluster is being migrated at the same moment
end
$$;
do $$
begin
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute format('grant formwork_writer to %I', current_user);
  end if;
end
$$;

set role formwork_owner;

-- Policies bind this role as they bind the gateway. What it may do beyond the gateway is to write slots and words.
grant usage, create on schema formwork to formwork_writer;
grant select on formwork.entity_storage, formwork.records, formwork.rollups to formwork_writer;
grant insert (tenant_id, id, entity_type, data, created_by, updated_by, words,
    t1, t2, t3, t4, t5, t6, t7, t8, n1, n2, n3, n4, n5, n6, n7, n8, d1, d2, d3, d4, d5, d6, d7, d8,
    u1, u2, u3, u4, l1, l2, l3, l4, l5, l6, l7, l8),
  update (data) on formwork.records to formwork_writer;

-- True for data that fits; refuses what does not, with its fields (see refuse_misfit).
create function formwork.fits(record_type text, data jsonb, is_certain boolean) returns boolean
language plpgsql stable
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  perform formwork.refuse_misfit(formwork.current_tenant_id(), record_type, data, is_certain);
  return true;
end
$$;

-- What its statement calls, and the triggers after it, which call functions as whoever writes. Of these records nothing is
-- rolled up, numbered or computed.
grant execute on function formwork.current_tenant_id(), formwork.fits(text, jsonb, boolean), formwork.text_null(),
  formwork.text_key(text), formwork.wide_text_key(text), formwork.fold(text, boolean), formwork.number_key(jsonb),
  formwork.unique_slot(jsonb, text[], boolean), formwork.key_part(text, jsonb), formwork.unique_key(text[]),
  formwork.search_vector(text, text[]), formwork.search_text(text), formwork.is_spaceless(text),
  formwork.refuse_misfit(uuid, text, jsonb, boolean), formwork.refuse_shape(text, jsonb, jsonb),
  formwork.lead_home(uuid, uuid[], text[]), formwork.no_slots() to formwork_writer;

-- What the writer has filled needs no filling. What it updates does, so it takes two triggers.
drop trigger _100_fill_record on formwork.records;
create trigger _100_fill_new before insert on formwork.records
  for each row when (current_user <> 'formwork_writer') execute function formwork.fill_record();
create trigger _100_fill_changed before update on formwork.records
  for each row execute function formwork.fill_record();

reset role;
set role formwork_writer;

-- Records of an entity type of which values are all there is. The tenant is the running transaction's, as for everything
-- (the policy holds here too). Written out: what fill_record assigns, as the columns of one insert.
do $generate$
declare
  body text := $body$
declare
  tenant uuid := formwork.current_tenant_id();
  plan formwork.fill_plan;
begin
  plan := (select e.fill_plan from formwork.entity_storage e
    where e.tenant_id = any (array[tenant]) and e.entity_type = record_type);
  if plan.is_plain is not true then
    raise exception 'records of "%" are filled one by one', record_type using errcode = 'FW003';
  end if;
  if leave_out then
    return query @insert@ on conflict do nothing returning id;
  else
    return query @insert@ returning id;
  end if;
end
$body$;
  statement text := $statement$
    insert into formwork.records (tenant_id, id, entity_type, data, created_by, updated_by, u1, u2, u3, u4, words@columns@)
    select tenant, w.id, record_type, w.data, actor, actor,
      case when w.u1 like '"%' and octet_length(w.u1) <= 198 then '[' || w.u1 || ']'
        when plan.u1 is not null then unique_slot(w.data, plan.u1, plan.nulls_equal[1]) end,
      case when plan.u2 is not null then unique_slot(w.data, plan.u2, plan.nulls_equal[2]) end,
      case when plan.u3 is not null then unique_slot(w.data, plan.u3, plan.nulls_equal[3]) end,
      case when plan.u4 is not null then unique_slot(w.data, plan.u4, plan.nulls_equal[4]) end,
      case when plan.search_keys is not null then
        search_vector(plan.search_prefix, array(select w.data ->> k from unnest(plan.search_keys) k)) end@values@
    from (
      select r.id, r.data@read@
      from jsonb_to_recordset(rows) r (id uuid, data jsonb)
      where r.data @@ plan.quick_shape or fits(record_type, r.data, false)
      offset 0 -- each value is taken out once
    ) w$statement$;
  -- By kind: how a slot in use is filled (see 022).
  text_slot text := $slot$case
        when w.t{n} is null then text_null()
        when plan.exact_t{n} then w.t{n}
        else text_key(w.t{n}) end$slot$;
  number_slot text := $slot$case when jsonb_typeof(w.n{n}) = 'number' then w.n{n}::float8
        else number_key(w.n{n}) end$slot$;
  time_slot text := $slot$case
        when w.d{n} is null then 'infinity'
        when w.d{n} like '____-__-__%' and w.d{n} not like '%-00%'
          and ltrim(convert_to(w.d{n}, 'UTF8'), '0123456789-T:.Z') = ''
          and to_json(w.d{n}::timestamp)::text = case when w.d{n} like '%Z'
            then '"' || left(w.d{n}, -1) || '"' else '"' || w.d{n} || 'T00:00:00"' end
          or fits(record_type, w.data, false)
        then w.d{n}::timestamp at time zone 'UTC' end$slot$;
  link_slot text := $slot$case
        when w.l{n} is null and not w.data ? plan.l{n} then null
        when w.l{n} like '________-____-____-____-____________'
          and w.l{n} not like '%-%-%-%-%-%'
          and ltrim(convert_to(w.l{n}, 'UTF8'), '0123456789abcdef-') = ''
        then w.l{n}::uuid
        when fits(record_type, w.data, true) then null end$slot$;
  columns text := '';
  filled text := '';
  read text := ', (r.data -> plan.exact_u1)::text as u1';
  kind record;
begin
  for kind in
    select * from (values (1, 't', text_slot), (2, 'n', number_slot), (3, 'd', time_slot), (4, 'l', link_slot))
      as kinds (place, letter, slot) order by place
  loop
    for number in 1..8 loop
      columns := columns || format(', %s%s', kind.letter, number);
      read := read || format(', r.data %1$s plan.%2$s%3$s as %2$s%3$s',
        case when kind.letter = 'n' then '->' else '->>' end, kind.letter, number);
      filled := filled || replace(format(E',\n      case when plan.%s{n} is not null then %s end', kind.letter, kind.slot),
        '{n}', number::text);
    end loop;
  end loop;
  statement := replace(replace(replace(statement, '@columns@', columns), '@values@', filled), '@read@', read);
  execute 'create function formwork.insert_filled(record_type text, rows jsonb, actor text, leave_out boolean)
    returns setof uuid language plpgsql security definer set search_path = formwork, pg_catalog, pg_temp as '
    || quote_literal(replace(body, '@insert@', statement));
end
$generate$;

revoke execute on function formwork.insert_filled(text, jsonb, text, boolean) from public;
grant execute on function formwork.insert_filled(text, jsonb, text, boolean) to formwork_gateway, formwork_system;

reset role;
set role formwork_owner;
revoke create on schema formwork from formwork_writer;

-- New records of one entity type: a row is {"id": …, "data": …}. Those that a unique key refuses are left out where that
-- is wanted. Gives the ids of the rest.
create function formwork.insert_records(record_type text, rows jsonb, actor text, leave_out boolean) returns setof uuid
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  if (select (e.fill_plan).is_plain from formwork.entity_storage e
    where e.tenant_id = any (array[current_tenant_id()]) and e.entity_type = record_type)
  then
    return query select * from insert_filled(record_type, rows, actor, leave_out);
  elsif leave_out then
    return query insert into formwork.records (id, entity_type, data, created_by, updated_by)
      select w.id, record_type, w.data, actor, actor from jsonb_to_recordset(rows) w (id uuid, data jsonb)
      on conflict do nothing returning id;
  else
    return query insert into formwork.records (id, entity_type, data, created_by, updated_by)
      select w.id, record_type, w.data, actor, actor from jsonb_to_recordset(rows) w (id uuid, data jsonb)
      returning id;
  end if;
end
$$;

grant execute on function formwork.insert_records(text, jsonb, text, boolean) to formwork_gateway, formwork_system;

-- As in 022 and 006, and: who changed the tenant of the transaction behind a write, in raw SQL, had links looked at as that
-- tenant, which sees nothing of them, so they could lead to records of a wrong entity type.
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
    if not found then
      raise exception 'there is no entity type "%"', record_type using errcode = 'FW003';
    end if;
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
      select k.tenant_id, k.entity_type, s.link_top, s.link_targets, s.is_rolled_up
      from (select distinct a.tenant_id, a.entity_type from added a) k
      left join formwork.entity_storage s on s.tenant_id = any (array[k.tenant_id]) and s.entity_type = k.entity_type
    loop
      if kind.link_top is null then
        raise exception 'there is no entity type "%"', kind.entity_type using errcode = 'FW003';
      end if;
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
  if not found and new.tenant_id::text is distinct from current_setting('app.tenant_id', true) then
    raise exception 'the transaction has ended as another tenant''s' using errcode = 'FW003';
  end if;
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
    if new.tenant_id::text is distinct from current_setting('app.tenant_id', true) then
      raise exception 'the transaction has ended as another tenant''s' using errcode = 'FW003';
    end if;
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
