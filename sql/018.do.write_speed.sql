set role formwork_owner;

-- Writes for less: what was three triggers for each new record is one for each record and one for each statement. And
-- deletes that do not lock each other out.

alter table formwork.entity_storage
  -- Values are all there is: no numbers, formulas, rollups, transitions or conversions to look after.
  add column is_plain boolean not null generated always as (
    not is_rolled_up and formulas is null and transitions is null and conversions is null and cardinality(autonumbers) = 0
  ) stored,
  -- What every lexeme of the entity type begins with (see search_prefix); null where nothing is searchable.
  add column search_prefix text;

create function formwork.note_search_prefix() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  new.search_prefix := case when new.search_keys is not null then
    (select t.number || ':' || left(md5(new.entity_type), 4) || ':' from formwork.tenants t where t.id = new.tenant_id)
  end;
  return new;
end
$$;

create trigger _100_note_search_prefix before insert or update on formwork.entity_storage
  for each row execute function formwork.note_search_prefix();

do $$
declare
  tenant uuid;
begin
  for tenant in select id from formwork.tenants loop
    perform set_config('app.tenant_id', tenant::text, true);
    update formwork.entity_storage set search_keys = search_keys where search_keys is not null;
  end loop;
end
$$;

-- As in 017, and: one trigger fills slots and words; what a record does not use is not reached, because every expression
-- is made ready once in each transaction, which takes a single write longer than to evaluate it.
create or replace function formwork.fill_record() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  s formwork.entity_storage;
  is_change boolean := tg_op = 'UPDATE';
  is_touch boolean := false;
  data jsonb := new.data;
  field text;
  value text;
  texts text[];
  computed jsonb;
begin
  if is_change and (new.id <> old.id or new.tenant_id <> old.tenant_id or new.entity_type <> old.entity_type) then
    raise exception 'tenant_id, id and entity_type of a record never change' using errcode = 'FW004';
  end if;
  -- `any`: beside the policy's own condition an equation makes one more node of the plan, a third of the look-up.
  select * into s from formwork.entity_storage
    where tenant_id = any (array[new.tenant_id]) and entity_type = new.entity_type;
  if not found and (not is_change or new.deleted_at is null) then
    raise exception 'there is no entity type "%"', new.entity_type using errcode = 'FW003';
  end if;

  if not s.is_plain and s.is_rolled_up then
    if not is_change then
      data := (data - s.rollup_keys) || s.no_rollups;
    elsif pg_trigger_depth() < 2 then
      -- Who changes a record has no say in its rollups; the triggers that do change them from within one.
      foreach field in array s.rollup_keys loop
        if data -> field is distinct from old.data -> field then
          data := case when old.data ? field
            then data || jsonb_build_object(field, old.data -> field) else data - field end;
        end if;
      end loop;
    end if;
  end if;

  if is_change then
    is_touch := data = old.data;
    -- A registry change touches records to fill their slots, and what is computed follows from other values: that is
    -- no new version of them. Whoever changes a record's links to many, which are not in data, says so by updated_at.
    if new.deleted_at is distinct from old.deleted_at or new.updated_at <> old.updated_at
      or not is_touch and (s.formulas is null and not s.is_rolled_up
        or data - s.formula_keys - s.rollup_keys <> old.data - s.formula_keys - s.rollup_keys)
    then
      new.version := old.version + 1;
      new.updated_at := now();
    end if;
    if new.deleted_at is not null then
      if old.deleted_at is null then
        -- Waits for whoever is just now linking here: they hold `for key share`, which an update does not meet.
        perform from formwork.records r where r.tenant_id = old.tenant_id and r.id = old.id for update;
      end if;
      new.data := data;
      new.words := null;
      new := jsonb_populate_record(new, no_slots());
      return new;
    end if;
    -- A slot that nobody has any more is emptied.
    if is_touch or num_nonnulls(new.t1, new.t2, new.t3, new.t4, new.t5, new.t6, new.t7, new.t8,
      new.n1, new.n2, new.n3, new.n4, new.n5, new.n6, new.n7, new.n8,
      new.d1, new.d2, new.d3, new.d4, new.d5, new.d6, new.d7, new.d8,
      new.l1, new.l2, new.l3, new.l4, new.l5, new.l6, new.l7, new.l8,
      new.u1, new.u2, new.u3, new.u4) > s.slot_count
    then
      new := jsonb_populate_record(new, no_slots());
    end if;
  end if;

  if not s.is_plain then
    foreach field in array s.autonumbers loop
      if is_change and old.data ? field then
        data := data || jsonb_build_object(field, old.data -> field);
      else
        data := data || jsonb_build_object(field, next_number(new.entity_type, field));
      end if;
    end loop;
    if s.conversions is not null then
      -- Before the formulas, which read what comes of it. A record that was deleted and kept is as it was then: the other
      -- types of its values are made anew.
      execute 'select formwork_views.' || s.conversions || '($1, $2, $3)' into data using data,
        case when not is_change then '{}' when old.deleted_at is not null then data - s.converted_keys else old.data end,
        s.strict_conversions;
    end if;
    if s.formulas is not null then
      execute 'select formwork_views.' || s.formulas || '($1)' into computed using data - s.formula_keys;
      data := (data - s.formula_keys) || computed;
    end if;
  end if;

  if (data @@ s.quick_shape) is not true then
    perform formwork.refuse_shape(new.entity_type, data, s.checks);
  end if;
  if not s.is_plain and s.transitions is not null then
    for field in select jsonb_object_keys(s.transitions) loop
      if not is_change or data ->> field is distinct from old.data ->> field then
        perform formwork.check_transitions(new.entity_type, old.data, data, s.transitions);
        exit;
      end if;
    end loop;
  end if;
  new.data := data;

  -- Straight assignments: a loop over a map took three times as long. Each expression is made ready once in every
  -- transaction, which takes a single write longer than to evaluate it: so there are few, and no more are reached than
  -- slots are in use.
  if s.text_top > 0 then
    value := data ->> s.text_keys[1];
    new.t1 := case when value is null then case when s.text_keys[1] is not null then text_null() end
      when s.text_exact[1] then value else text_key(value) end;
    if s.text_top > 1 then
      value := data ->> s.text_keys[2];
      new.t2 := case when value is null then case when s.text_keys[2] is not null then text_null() end
        when s.text_exact[2] then value else text_key(value) end;
      if s.text_top > 2 then
        value := data ->> s.text_keys[3];
        new.t3 := case when value is null then case when s.text_keys[3] is not null then text_null() end
          when s.text_exact[3] then value else text_key(value) end;
        value := data ->> s.text_keys[4];
        new.t4 := case when value is null then case when s.text_keys[4] is not null then text_null() end
          when s.text_exact[4] then value else text_key(value) end;
        if s.text_top > 4 then
          value := data ->> s.text_keys[5];
          new.t5 := case when value is null then case when s.text_keys[5] is not null then text_null() end
            when s.text_exact[5] then value else text_key(value) end;
          value := data ->> s.text_keys[6];
          new.t6 := case when value is null then case when s.text_keys[6] is not null then text_null() end
            when s.text_exact[6] then value else text_key(value) end;
          value := data ->> s.text_keys[7];
          new.t7 := case when value is null then case when s.text_keys[7] is not null then text_null() end
            when s.text_exact[7] then value else text_key(value) end;
          value := data ->> s.text_keys[8];
          new.t8 := case when value is null then case when s.text_keys[8] is not null then text_null() end
            when s.text_exact[8] then value else text_key(value) end;
        end if;
      end if;
    end if;
  end if;
  if s.number_top > 0 then
    new.n1 := case when s.number_keys[1] is not null then number_key(data -> s.number_keys[1]) end;
    if s.number_top > 1 then
      new.n2 := case when s.number_keys[2] is not null then number_key(data -> s.number_keys[2]) end;
      if s.number_top > 2 then
        new.n3 := case when s.number_keys[3] is not null then number_key(data -> s.number_keys[3]) end;
        new.n4 := case when s.number_keys[4] is not null then number_key(data -> s.number_keys[4]) end;
        if s.number_top > 4 then
          new.n5 := case when s.number_keys[5] is not null then number_key(data -> s.number_keys[5]) end;
          new.n6 := case when s.number_keys[6] is not null then number_key(data -> s.number_keys[6]) end;
          new.n7 := case when s.number_keys[7] is not null then number_key(data -> s.number_keys[7]) end;
          new.n8 := case when s.number_keys[8] is not null then number_key(data -> s.number_keys[8]) end;
        end if;
      end if;
    end if;
  end if;
  -- As time_key, which is called as a function because what it does asks the session: 2 µs more.
  if s.time_top > 0 then
    new.d1 := case when s.time_keys[1] is not null then
      coalesce((data ->> s.time_keys[1])::timestamp at time zone 'UTC', 'infinity') end;
    if s.time_top > 1 then
      new.d2 := case when s.time_keys[2] is not null then
        coalesce((data ->> s.time_keys[2])::timestamp at time zone 'UTC', 'infinity') end;
      if s.time_top > 2 then
        new.d3 := case when s.time_keys[3] is not null then
          coalesce((data ->> s.time_keys[3])::timestamp at time zone 'UTC', 'infinity') end;
        new.d4 := case when s.time_keys[4] is not null then
          coalesce((data ->> s.time_keys[4])::timestamp at time zone 'UTC', 'infinity') end;
        if s.time_top > 4 then
          new.d5 := case when s.time_keys[5] is not null then
            coalesce((data ->> s.time_keys[5])::timestamp at time zone 'UTC', 'infinity') end;
          new.d6 := case when s.time_keys[6] is not null then
            coalesce((data ->> s.time_keys[6])::timestamp at time zone 'UTC', 'infinity') end;
          new.d7 := case when s.time_keys[7] is not null then
            coalesce((data ->> s.time_keys[7])::timestamp at time zone 'UTC', 'infinity') end;
          new.d8 := case when s.time_keys[8] is not null then
            coalesce((data ->> s.time_keys[8])::timestamp at time zone 'UTC', 'infinity') end;
        end if;
      end if;
    end if;
  end if;
  if s.link_top > 0 then
    new.l1 := link_key(data ->> s.link_keys[1]);
    if s.link_top > 1 then
      new.l2 := link_key(data ->> s.link_keys[2]);
      if s.link_top > 2 then
        new.l3 := link_key(data ->> s.link_keys[3]);
        new.l4 := link_key(data ->> s.link_keys[4]);
        if s.link_top > 4 then
          new.l5 := link_key(data ->> s.link_keys[5]);
          new.l6 := link_key(data ->> s.link_keys[6]);
          new.l7 := link_key(data ->> s.link_keys[7]);
          new.l8 := link_key(data ->> s.link_keys[8]);
        end if;
      end if;
    end if;
    if new.l1 is null and data ? s.link_keys[1] or s.link_top > 1 and (new.l2 is null and data ? s.link_keys[2]
      or s.link_top > 2 and (new.l3 is null and data ? s.link_keys[3] or new.l4 is null and data ? s.link_keys[4]
        or new.l5 is null and data ? s.link_keys[5] or new.l6 is null and data ? s.link_keys[6]
        or new.l7 is null and data ? s.link_keys[7] or new.l8 is null and data ? s.link_keys[8]))
    then
      perform formwork.refuse_shape(new.entity_type, data, s.checks);
    end if;
  end if;
  if s.u1 is not null then
    new.u1 := unique_slot(data, s.u1, s.nulls_equal[1]);
  end if;
  if num_nonnulls(s.u2, s.u3, s.u4) > 0 then
    new.u2 := case when s.u2 is not null then unique_slot(data, s.u2, s.nulls_equal[2]) end;
    new.u3 := case when s.u3 is not null then unique_slot(data, s.u3, s.nulls_equal[3]) end;
    new.u4 := case when s.u4 is not null then unique_slot(data, s.u4, s.nulls_equal[4]) end;
  end if;

  if s.search_keys is not null then
    -- A change that leaves what is searchable as it is leaves the words.
    if is_change and not is_touch and new.words is not null then
      foreach field in array s.search_keys loop
        exit when is_touch;
        is_touch := data ->> field is distinct from old.data ->> field;
      end loop;
    else
      is_touch := true;
    end if;
    if is_touch then
      foreach field in array s.search_keys loop
        texts := texts || (data ->> field);
      end loop;
      new.words := search_vector(s.search_prefix, texts);
    end if;
  elsif new.words is not null then
    new.words := null;
  end if;
  return new;
end
$$;

drop trigger _110_fill_words on formwork.records;
drop trigger _100_forget_unsearched on formwork.entity_storage;
drop function formwork.fill_words();
drop function formwork.forget_unsearched();

-- Whether links lead to living records of the right entity types, each by itself; they stay until the transaction has
-- ended.
create function formwork.lead_home(tenant uuid, ids uuid[], targets text[]) returns boolean
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  found_type text;
  strays bigint;
begin
  if cardinality(ids) = 1 then
    select r.entity_type into found_type from formwork.records r
      where r.tenant_id = any (array[tenant]) and r.id = ids[1] and r.deleted_at is null for key share;
    return found_type is not distinct from targets[1];
  end if;
  with held as materialized (
    select r.id, r.entity_type from formwork.records r
    where r.tenant_id = tenant and r.id = any (ids) and r.deleted_at is null
    order by r.id for key share
  )
  select count(*) into strays from unnest(ids, targets) l (id, target) left join held on held.id = l.id
    where held.entity_type is distinct from l.target;
  return strays = 0;
end
$$;

-- After an insert: links are looked at, all at once, and then rolled up what the records belong to. A link that leads
-- nowhere yet (of two records that lead to each other one is the first) is looked at again at commit: the record is
-- touched, and the deferred trigger for changed ones takes it from there. Nothing here leans on a setting that whoever
-- sent the insert could have changed between two of its rows.
create function formwork.finish_new() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  one record;
  tenant uuid;
  record_type text;
  link_top int;
  link_targets text[];
  is_rolled_up boolean;
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
  for one in
    select a.tenant_id, a.entity_type, a.l1, a.l2, a.l3, a.l4, a.l5, a.l6, a.l7, a.l8 from added a
  loop
    if record_type is distinct from one.entity_type or tenant is distinct from one.tenant_id then
      if ids is not null then
        are_astray := not lead_home(tenant, ids, targets) or are_astray;
        ids := null;
        targets := null;
      end if;
      tenant := one.tenant_id;
      record_type := one.entity_type;
      select s.link_top, s.link_targets, s.is_rolled_up into link_top, link_targets, is_rolled_up
        from formwork.entity_storage s where s.tenant_id = any (array[tenant]) and s.entity_type = record_type;
      are_rolled_up := are_rolled_up or is_rolled_up;
    end if;
    continue when link_top < 1;
    if one.l1 is not null then
      ids := ids || one.l1;
      targets := targets || link_targets[1];
    end if;
    continue when link_top < 2;
    if one.l2 is not null then
      ids := ids || one.l2;
      targets := targets || link_targets[2];
    end if;
    continue when link_top < 3;
    if one.l3 is not null then
      ids := ids || one.l3;
      targets := targets || link_targets[3];
    end if;
    continue when link_top < 4;
    if one.l4 is not null then
      ids := ids || one.l4;
      targets := targets || link_targets[4];
    end if;
    continue when link_top < 5;
    if one.l5 is not null then
      ids := ids || one.l5;
      targets := targets || link_targets[5];
    end if;
    continue when link_top < 6;
    if one.l6 is not null then
      ids := ids || one.l6;
      targets := targets || link_targets[6];
    end if;
    continue when link_top < 7;
    if one.l7 is not null then
      ids := ids || one.l7;
      targets := targets || link_targets[7];
    end if;
    continue when link_top < 8;
    if one.l8 is not null then
      ids := ids || one.l8;
      targets := targets || link_targets[8];
    end if;
  end loop;
  if cardinality(ids) = 1 then
    perform from formwork.records r
      where r.tenant_id = any (array[tenant]) and r.id = ids[1] and r.entity_type = targets[1] and r.deleted_at is null
      for key share;
    are_astray := not found or are_astray;
  elsif ids is not null then
    are_astray := not lead_home(tenant, ids, targets) or are_astray;
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

drop trigger _500_link_targets_of_new on formwork.records;
drop trigger _500_link_targets_of_changed on formwork.records;
create constraint trigger _500_link_targets_of_changed after update on formwork.records
  deferrable initially deferred for each row
  when ((new.l1, new.l2, new.l3, new.l4, new.l5, new.l6, new.l7, new.l8)
      is distinct from (old.l1, old.l2, old.l3, old.l4, old.l5, old.l6, old.l7, old.l8)
    or current_setting('app.look_again', true) = 'yes')
  execute function formwork.check_link_targets();

drop trigger _400_rollups_of_new on formwork.records;
drop function formwork.roll_up_new();
create trigger _400_finish_new after insert on formwork.records
  referencing new table as added
  for each statement execute function formwork.finish_new();

-- As in 009; whether there is something to roll up it asks what the designer has said and no setting.
create or replace function formwork.roll_up_changed() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  types text[];
  rule formwork.rollups;
  parents uuid[];
  links uuid[];
  contents jsonb[];
  signs int[];
  task formwork.rollup_task;
  tasks formwork.rollup_task[];
begin
  -- Most tenants that have none are through with it here.
  perform from formwork.rollups limit 1;
  if not found then
    return null;
  end if;
  if not exists (
    select from formwork.entity_storage s
    where s.is_rolled_up and (s.tenant_id, s.entity_type) in (select a.tenant_id, a.entity_type from after a)
  ) then
    return null;
  end if;
  types := array(select distinct entity_type from after);
  for rule in
    select r.* from formwork.rollups r
    where r.tenant_id in (select distinct tenant_id from after)
      and (r.source_type = any (types) or r.entity_type = any (types))
  loop
    parents := null;
    if rule.source_type = any (types) then
      -- By what is not in both: a join of the two has no statistics to go by, and took 50 s for 10,000 records.
      with was as (
        select b.id, (array[b.l1, b.l2, b.l3, b.l4, b.l5, b.l6, b.l7, b.l8])[rule.slot] as link,
          b.deleted_at is null as is_living, used_values(b.data, rule.uses) as used
        from before b where b.tenant_id = rule.tenant_id and b.entity_type = rule.source_type
      ), now_is as (
        select a.id, (array[a.l1, a.l2, a.l3, a.l4, a.l5, a.l6, a.l7, a.l8])[rule.slot] as link,
          a.deleted_at is null as is_living, used_values(a.data, rule.uses) as used
        from after a where a.tenant_id = rule.tenant_id and a.entity_type = rule.source_type
      ), changed as materialized (
        select -1 as sign, * from (select * from was except select * from now_is) gone
        union all
        select 1, * from (select * from now_is except select * from was) come
      )
      select case
          when rule.way <> 'link' then formwork.linked_parents(rule, array_agg(distinct id))
          when not rule.is_added then array_agg(distinct link) filter (where link is not null)
        end,
        array_agg(link) filter (where link is not null), array_agg(used) filter (where link is not null),
        array_agg(sign) filter (where link is not null)
      into parents, links, contents, signs from changed;
      if rule.is_added then
        task := plan_difference(rule, links, contents, signs);
        if task.parents is not null then
          tasks := tasks || task;
        end if;
      end if;
    end if;
    if rule.entity_type = any (types) then
      -- Locked by the update itself.
      perform set_config('app.highest_lock', greatest(
        coalesce(current_setting('app.highest_lock', true), ''),
        (select max(lock_place(rule.level, a.id)) from after a
          where a.tenant_id = rule.tenant_id and a.entity_type = rule.entity_type)), true);
      -- Those that were restored.
      parents := parents || (select array_agg(id) from (
        select a.id from after a
        where a.tenant_id = rule.tenant_id and a.entity_type = rule.entity_type and a.deleted_at is null
        except select b.id from before b where b.deleted_at is null) restored);
    end if;
    if parents is not null then
      tasks := tasks || row(rule, parents, false, null)::formwork.rollup_task;
    end if;
  end loop;
  perform formwork.roll_up(tasks);
  return null;
end
$$;

drop trigger _400_rollups_of_changed on formwork.records;
create trigger _400_rollups_of_changed after update on formwork.records
  referencing old table as before new table as after
  for each statement execute function formwork.roll_up_changed();

-- As in 007. What is assigned is evaluated where it stands; what is performed is a query. And whatever a write looks up it
-- finds by an index: a plan that was made while the table was small (or for a tenant of few records) would read all of
-- it ever after, which took a create from 0.6 ms to 5 within a minute. Plans are made once.
create or replace function formwork.begin_write(tenant uuid, expected_version int) returns text
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  found_version int;
  found_access int;
  is_set boolean := set_config('app.tenant_id', tenant::text, true) is not null;
  is_ready boolean :=
    set_config('enable_seqscan', 'off', true) || set_config('plan_cache_mode', 'force_generic_plan', true) is not null;
  is_locked boolean := pg_advisory_xact_lock_shared(formwork.tenant_lock_key(tenant)) is not null;
begin
  select t.registry_version, t.access_version into found_version, found_access
    from formwork.tenants t where t.id = tenant;
  if not found then
    raise exception 'there is no such tenant' using errcode = 'FW002';
  end if;
  if found_version <> expected_version then
    raise exception 'the registry has moved from version % to version %', expected_version, found_version
      using errcode = 'FW001', detail = jsonb_build_object('expected', expected_version, 'actual', found_version)::text;
  end if;
  return found_version || ':' || found_access;
end
$$;

-- As in 009, but who locks a record out of order waits for a moment before it gives up: most of those who have it let go
-- of it soon. (Given up at once, three times in a row, 40 that each made an item of ten orders were not through.)
create or replace function formwork.lock_parents(tasks formwork.rollup_task[]) returns void
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  held text := coalesce(current_setting('app.highest_lock', true), '');
  patience text := current_setting('lock_timeout');
  step record;
begin
  for step in
    select (t.rule).tenant_id as tenant, (t.rule).level as level, array_agg(distinct parent) as ids,
      min(lock_place((t.rule).level, parent)) as lowest, max(lock_place((t.rule).level, parent)) as highest
    from unnest(tasks) t, unnest(t.parents) parent
    where not t.are_new
    group by 1, 2 order by 2
  loop
    if step.lowest <= held then
      perform set_config('lock_timeout', '50ms', true);
    end if;
    perform from formwork.records p
      where p.tenant_id = step.tenant and p.id = any (step.ids) and p.deleted_at is null
      order by p.id for no key update;
    perform set_config('lock_timeout', patience, true);
    held := greatest(held, step.highest);
  end loop;
  perform set_config('app.highest_lock', held, true);
end
$$;

-- As in 008, and: what leads to a record that goes is locked before it is written, for a moment and no longer. Whoever
-- is changing such a record may be about to lock the one that goes, because that rolls it up: 55P03 is tried again, and
-- Postgres need not find the deadlock out, which takes it a second.
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

  if rule.slot is not null and rule.on_delete <> 'restrict' then
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

-- As in 008, and: the place of what goes is noted before anything else is locked because of it (see lock_parents).
create or replace function formwork.apply_delete_policies() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
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
    perform formwork.apply_link_policy(rule, array(
      select d.id from deleted d where d.tenant_id = rule.tenant_id and d.entity_type = rule.target));
  end loop;
  return null;
end
$$;

create or replace function formwork.apply_soft_delete_policies() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
begin
  perform set_config('app.highest_lock', greatest(
    coalesce(current_setting('app.highest_lock', true), ''),
    (select formwork.lock_place(max(r.level), new.id) from formwork.rollups r
      where r.tenant_id = new.tenant_id and r.entity_type = new.entity_type)), true);
  for rule in
    select r.* from formwork.link_rules r where r.tenant_id = new.tenant_id and r.target = new.entity_type
    order by r.on_delete, r.entity_type, r.field
  loop
    perform formwork.apply_link_policy(rule, array[new.id]);
  end loop;
  return null;
end
$$;


-- As in 009, and as long as those may take who have begun: each of them waits for others too. (After half a second a
-- busy machine was not through with them, and the last attempt was one among many.)
create or replace function formwork.begin_alone(tenant uuid) returns void
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  patience text := current_setting('lock_timeout');
begin
  begin
    perform set_config('lock_timeout', '2s', true);
    perform pg_advisory_xact_lock(formwork.tenant_lock_key(tenant));
  exception when lock_not_available then
    null;
  end;
  perform set_config('lock_timeout', patience, true);
end
$$;

grant execute on function formwork.lead_home(uuid, uuid[], text[]) to formwork_gateway, formwork_designer, formwork_system;

reset role;
