set role formwork_owner;

-- The life of a record: which state may follow which, and deletion that keeps it.
-- SQLSTATE FW014: a state that may not follow.

alter table formwork.entity_storage
  -- Records are not removed by a delete but marked (records.deleted_at), and can be restored.
  add column soft_delete boolean not null default false,
  -- By storage key of a select: {"status": {"initial": ["planned"], "next": {"planned": ["flown"]}}}, either part
  -- may be absent; null where no field has any.
  add column transitions jsonb;
-- Read for every written record: while it fits into the page, the shape stays there as it is. (Compressed, that of an
-- entity type of 27 fields took as long to unpack as to check.)
alter table formwork.entity_storage set (toast_tuple_target = 8160);
alter table formwork.entity_storage alter column shape set storage main;

-- Refuses a state that is not initial, or may not follow the one before. No state before is as for a new record; of a
-- field with transitions the state is not taken away again, or every state could follow every other that way.
create function formwork.check_transitions(record_type text, before jsonb, after jsonb, rules jsonb) returns void
language plpgsql stable
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  field text;
  rule jsonb;
  state text;
  next_state text;
  allowed jsonb;
begin
  for field, rule in select key, value from jsonb_each(rules) loop
    state := before ->> field;
    next_state := after ->> field;
    continue when state is not distinct from next_state;
    allowed := case
      when state is null then rule -> 'initial'
      when rule ? 'next' then coalesce(rule -> 'next' -> state, '[]')
    end;
    if allowed is not null and not coalesce(allowed ? next_state, false) then
      raise exception '"%" of "%" cannot go from "%" to "%"', field, record_type, state, next_state
        using errcode = 'FW014', detail = jsonb_build_object('entity', record_type, 'field', field,
          'from', state, 'to', next_state, 'allowed', allowed)::text;
    end if;
  end loop;
end
$$;

-- Every slot, empty.
create function formwork.no_slots() returns jsonb
language sql immutable parallel safe
return (select jsonb_object_agg(kind || number, null)
  from unnest(array['t', 'n', 'd', 'l', 'u']) kind, generate_series(1, case kind when 'u' then 4 else 8 end) number);

-- As in 006, and: transitions are checked; a deleted record has no slots, so that it is in nobody's way (its values
-- are free, what it leads to may go), and no shape, so that a registry change need not fit it. When it is restored it
-- is checked like a new one.
create or replace function formwork.fill_record() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  s formwork.entity_storage;
  field text;
  is_change boolean := tg_op = 'UPDATE';
begin
  if is_change then
    if (new.tenant_id, new.id, new.entity_type) is distinct from (old.tenant_id, old.id, old.entity_type) then
      raise exception 'tenant_id, id and entity_type of a record never change' using errcode = 'FW004';
    end if;
    -- A registry change touches records to fill their slots: that is no new version of them. Whoever changes a
    -- record's links to many, which are not in data, says so by updated_at.
    if new.data <> old.data or new.deleted_at is distinct from old.deleted_at or new.updated_at <> old.updated_at then
      new.version := old.version + 1;
      new.updated_at := now();
    end if;
    if new.deleted_at is not null then
      if old.deleted_at is null then
        -- Waits for whoever is just now linking here: they hold `for key share`, which an update does not meet.
        perform from formwork.records r where r.tenant_id = old.tenant_id and r.id = old.id for update;
      end if;
      new := jsonb_populate_record(new, no_slots());
      return new;
    end if;
  end if;

  select * into s from formwork.entity_storage
    where tenant_id = new.tenant_id and entity_type = new.entity_type;
  if not found then
    raise exception 'there is no entity type "%"', new.entity_type using errcode = 'FW003';
  end if;

  foreach field in array s.autonumbers loop
    if is_change and old.data ? field then
      new.data := new.data || jsonb_build_object(field, old.data -> field);
    else
      new.data := new.data || jsonb_build_object(field, next_number(new.entity_type, field));
    end if;
  end loop;

  if not coalesce(new.data @@ s.shape, false) then
    perform formwork.refuse_shape(new.entity_type, new.data, s.checks);
  end if;
  if s.transitions is not null then
    perform formwork.check_transitions(new.entity_type, old.data, new.data, s.transitions);
  end if;

  -- Straight assignments: a loop over a map took three times as long.
  new.t1 := case when s.text_keys[1] is null then null
    when new.data ->> s.text_keys[1] is null then text_null()
    when s.text_exact[1] then new.data ->> s.text_keys[1] else text_key(new.data ->> s.text_keys[1]) end;
  new.t2 := case when s.text_keys[2] is null then null
    when new.data ->> s.text_keys[2] is null then text_null()
    when s.text_exact[2] then new.data ->> s.text_keys[2] else text_key(new.data ->> s.text_keys[2]) end;
  new.t3 := case when s.text_keys[3] is null then null
    when new.data ->> s.text_keys[3] is null then text_null()
    when s.text_exact[3] then new.data ->> s.text_keys[3] else text_key(new.data ->> s.text_keys[3]) end;
  new.t4 := case when s.text_keys[4] is null then null
    when new.data ->> s.text_keys[4] is null then text_null()
    when s.text_exact[4] then new.data ->> s.text_keys[4] else text_key(new.data ->> s.text_keys[4]) end;
  new.t5 := case when s.text_keys[5] is null then null
    when new.data ->> s.text_keys[5] is null then text_null()
    when s.text_exact[5] then new.data ->> s.text_keys[5] else text_key(new.data ->> s.text_keys[5]) end;
  new.t6 := case when s.text_keys[6] is null then null
    when new.data ->> s.text_keys[6] is null then text_null()
    when s.text_exact[6] then new.data ->> s.text_keys[6] else text_key(new.data ->> s.text_keys[6]) end;
  new.t7 := case when s.text_keys[7] is null then null
    when new.data ->> s.text_keys[7] is null then text_null()
    when s.text_exact[7] then new.data ->> s.text_keys[7] else text_key(new.data ->> s.text_keys[7]) end;
  new.t8 := case when s.text_keys[8] is null then null
    when new.data ->> s.text_keys[8] is null then text_null()
    when s.text_exact[8] then new.data ->> s.text_keys[8] else text_key(new.data ->> s.text_keys[8]) end;
  new.n1 := case when s.number_keys[1] is null then null else number_key(new.data -> s.number_keys[1]) end;
  new.n2 := case when s.number_keys[2] is null then null else number_key(new.data -> s.number_keys[2]) end;
  new.n3 := case when s.number_keys[3] is null then null else number_key(new.data -> s.number_keys[3]) end;
  new.n4 := case when s.number_keys[4] is null then null else number_key(new.data -> s.number_keys[4]) end;
  new.n5 := case when s.number_keys[5] is null then null else number_key(new.data -> s.number_keys[5]) end;
  new.n6 := case when s.number_keys[6] is null then null else number_key(new.data -> s.number_keys[6]) end;
  new.n7 := case when s.number_keys[7] is null then null else number_key(new.data -> s.number_keys[7]) end;
  new.n8 := case when s.number_keys[8] is null then null else number_key(new.data -> s.number_keys[8]) end;
  new.d1 := case when s.time_keys[1] is null then null else time_key(new.data ->> s.time_keys[1]) end;
  new.d2 := case when s.time_keys[2] is null then null else time_key(new.data ->> s.time_keys[2]) end;
  new.d3 := case when s.time_keys[3] is null then null else time_key(new.data ->> s.time_keys[3]) end;
  new.d4 := case when s.time_keys[4] is null then null else time_key(new.data ->> s.time_keys[4]) end;
  new.d5 := case when s.time_keys[5] is null then null else time_key(new.data ->> s.time_keys[5]) end;
  new.d6 := case when s.time_keys[6] is null then null else time_key(new.data ->> s.time_keys[6]) end;
  new.d7 := case when s.time_keys[7] is null then null else time_key(new.data ->> s.time_keys[7]) end;
  new.d8 := case when s.time_keys[8] is null then null else time_key(new.data ->> s.time_keys[8]) end;
  new.u1 := case when s.u1 is null then null else unique_slot(new.data, s.u1, s.nulls_equal[1]) end;
  new.u2 := case when s.u2 is null then null else unique_slot(new.data, s.u2, s.nulls_equal[2]) end;
  new.u3 := case when s.u3 is null then null else unique_slot(new.data, s.u3, s.nulls_equal[3]) end;
  new.u4 := case when s.u4 is null then null else unique_slot(new.data, s.u4, s.nulls_equal[4]) end;
  new.l1 := case when s.link_keys[1] is null then null else (new.data ->> s.link_keys[1])::uuid end;
  new.l2 := case when s.link_keys[2] is null then null else (new.data ->> s.link_keys[2])::uuid end;
  new.l3 := case when s.link_keys[3] is null then null else (new.data ->> s.link_keys[3])::uuid end;
  new.l4 := case when s.link_keys[4] is null then null else (new.data ->> s.link_keys[4])::uuid end;
  new.l5 := case when s.link_keys[5] is null then null else (new.data ->> s.link_keys[5])::uuid end;
  new.l6 := case when s.link_keys[6] is null then null else (new.data ->> s.link_keys[6])::uuid end;
  new.l7 := case when s.link_keys[7] is null then null else (new.data ->> s.link_keys[7])::uuid end;
  new.l8 := case when s.link_keys[8] is null then null else (new.data ->> s.link_keys[8])::uuid end;

  return new;
end
$$;

-- What a designer's policy does to the records that lead to some that go (or are marked as deleted).
create function formwork.apply_link_policy(rule formwork.link_rules, gone uuid[]) returns void
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  blockers jsonb;
  touched bigint := 0;
  most bigint := coalesce(nullif(current_setting('app.delete_limit', true), '')::bigint, 10000);
  is_kept boolean;
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

  if rule.slot is null then
    -- Under "restrict" these are rows of deleted records.
    delete from formwork.record_links l
      where l.tenant_id = rule.tenant_id and l.entity_type = rule.entity_type and l.field = rule.field
        and l.target_id = any (gone);
  elsif rule.on_delete = 'cascade' then
    select s.soft_delete into is_kept from formwork.entity_storage s
      where s.tenant_id = rule.tenant_id and s.entity_type = rule.entity_type;
    execute format(case when is_kept then 'update formwork.records r set deleted_at = now()' else
      'delete from formwork.records r' end || ' where r.tenant_id = $1 and r.%1$I = any ($2) and r.entity_type = $3',
      rule.slot)
      using rule.tenant_id, gone, rule.entity_type;
    get diagnostics touched = row_count;
  elsif rule.on_delete = 'set_null' then
    execute format('update formwork.records r set data = r.data - $4
      where r.tenant_id = $1 and r.%1$I = any ($2) and r.entity_type = $3', rule.slot)
      using rule.tenant_id, gone, rule.entity_type, rule.field;
    get diagnostics touched = row_count;
  end if;
  if touched > most then
    raise exception 'the deletion touches % records of "%"; at most % are allowed', touched, rule.entity_type, most
      using errcode = 'FW013', detail = jsonb_build_object('entity', rule.entity_type, 'touched', touched,
        'limit', most)::text;
  end if;
end
$$;

-- As in 006, by way of apply_link_policy.
create or replace function formwork.apply_delete_policies() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
begin
  delete from formwork.record_links l using deleted d where l.tenant_id = d.tenant_id and l.source_id = d.id;
  for rule in
    select r.* from formwork.link_rules r
    where (r.tenant_id, r.target) in (select distinct d.tenant_id, d.entity_type from deleted d)
    order by r.on_delete, r.entity_type, r.field -- cascade, restrict, set_null: what a cascade takes blocks nothing
  loop
    perform formwork.apply_link_policy(rule, array(
      select d.id from deleted d where d.tenant_id = rule.tenant_id and d.entity_type = rule.target));
  end loop;
  return null;
end
$$;

-- The same for a record that is marked as deleted. For each row, because a trigger that is to see all rows of a
-- statement at once would make every update pay for it.
create function formwork.apply_soft_delete_policies() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
begin
  for rule in
    select r.* from formwork.link_rules r where r.tenant_id = new.tenant_id and r.target = new.entity_type
    order by r.on_delete, r.entity_type, r.field
  loop
    perform formwork.apply_link_policy(rule, array[new.id]);
  end loop;
  return null;
end
$$;

create trigger _310_soft_delete_policies after update on formwork.records
  for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function formwork.apply_soft_delete_policies();

grant execute on function formwork.check_transitions(text, jsonb, jsonb, jsonb), formwork.no_slots(),
  formwork.apply_link_policy(formwork.link_rules, uuid[]) to formwork_gateway, formwork_designer;

reset role;
