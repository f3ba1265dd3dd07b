set role formwork_owner;

create or replace function formwork.lead_home(tenant uuid, ids uuid[], targets text[]) returns boolean
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

create or replace function formwork.finish_new() returns trigger
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

create function formwork.link_key(value text) returns uuid
language sql immutable parallel safe
return case
  when value like '________-____-____-____-____________' and translate(value, '0123456789abcdef', '') = '----'
    then value::uuid
end;

grant execute on function formwork.link_key(text) to formwork_gateway, formwork_designer, formwork_system;

alter table formwork.entity_storage drop column fill_plan;
drop function formwork.quick_shape(jsonpath, text[]);
alter table formwork.entity_storage
  add column quick_shape jsonpath generated always as (
    regexp_replace(regexp_replace(regexp_replace(shape::text,
      ' && \$\."[a-z0-9_]+" like_regex "\^\[0-9a-f\]\{8\}(-\[0-9a-f\]\{4\}){3}-\[0-9a-f\]\{12\}\$"', '', 'g'),
      'exists \((\$\."[a-z0-9_]+")\) && (\1\.type\(\) == )', '\2', 'g'),
      '\(!\(exists \((\$\."[a-z0-9_]+")\)\) \|\| \1\.type\(\) == ("[a-z]+")\)', '(!(\1.type() != \2))', 'g')::jsonpath
  ) stored,
  add column text_top int generated always as (formwork.highest(text_keys)) stored,
  add column number_top int generated always as (formwork.highest(number_keys)) stored,
  add column time_top int generated always as (formwork.highest(time_keys)) stored,
  add column is_plain boolean not null generated always as (
    not is_rolled_up and formulas is null and transitions is null and conversions is null and cardinality(autonumbers) = 0
  ) stored,
  add column slot_count int generated always as (
    cardinality(array_remove(text_keys, null)) + cardinality(array_remove(number_keys, null))
    + cardinality(array_remove(time_keys, null)) + cardinality(array_remove(link_keys, null))
    + num_nonnulls(u1, u2, u3, u4)
  ) stored;
alter table formwork.entity_storage alter column shape set storage main;
alter table formwork.entity_storage alter column quick_shape set storage main;

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

drop type formwork.fill_plan;
drop function formwork.refuse_misfit(uuid, text, jsonb, boolean);

create or replace function formwork.text_key(value text) returns text
language sql immutable parallel safe
return case when octet_length(value) = length(value) then left(lower(value collate "C"), 200)
  else left(replace(formwork.fold(left(value, 400), false), U&'\+10FFFF', ''), 200) end collate "C";

drop function formwork.wide_text_key(text);

reset role;
