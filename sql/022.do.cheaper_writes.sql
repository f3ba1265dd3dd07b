set role formwork_owner;

-- Writes for less, once more: what a record costs inside Postgres beside the table and its indexes.

-- As in 009, in fewer steps: what is rare stands in a function of its own, because every expression is made ready once in
-- each transaction, with all that could be reached from it.
create function formwork.wide_text_key(value text) returns text
language plpgsql immutable parallel safe
as $$
begin
  return left(replace(formwork.fold(left(value, 400), false), U&'\+10FFFF', ''), 200);
end
$$;

create or replace function formwork.text_key(value text) returns text
language sql immutable parallel safe
return case when octet_length(value) = length(value) then left(lower(value collate "C"), 200)
  else formwork.wide_text_key(value) end collate "C";

-- What fill_record reads for each record: few columns, and all that is derived is derived already.
create type formwork.fill_plan as (
  -- Values are all there is: no numbers, formulas, rollups, transitions or conversions to look after.
  is_plain boolean,
  -- The shape in fewer steps: without the forms of ids and moments in slots, which are seen while they are read, and without
  -- asking first whether a text is there.
  quick_shape jsonpath,
  -- The highest slot in use.
  text_top int,
  number_top int,
  time_top int,
  link_top int,
  -- How many slots a record may fill.
  slot_count int,
  -- The storage key that each slot serves, and which texts are kept as they are.
  t1 text, t2 text, t3 text, t4 text, t5 text, t6 text, t7 text, t8 text,
  n1 text, n2 text, n3 text, n4 text, n5 text, n6 text, n7 text, n8 text,
  d1 text, d2 text, d3 text, d4 text, d5 text, d6 text, d7 text, d8 text,
  l1 text, l2 text, l3 text, l4 text, l5 text, l6 text, l7 text, l8 text,
  exact_t1 boolean, exact_t2 boolean, exact_t3 boolean, exact_t4 boolean,
  exact_t5 boolean, exact_t6 boolean, exact_t7 boolean, exact_t8 boolean,
  -- The one part of the first unique slot, where that has one and keeps it as it is.
  exact_u1 text,
  unique_top int,
  u1 text[], u2 text[], u3 text[], u4 text[],
  nulls_equal boolean[],
  search_keys text[],
  search_prefix text
);

create function formwork.quick_shape(shape jsonpath, time_keys text[]) returns jsonpath
language plpgsql immutable parallel safe
as $$
declare
  quick text := shape::text;
  key text;
begin
  -- A regular expression took half of the check.
  foreach key in array array_remove(time_keys, null) loop
    quick := regexp_replace(quick, ' && \$\."' || key || '" like_regex "[^"]*"', '', 'g');
  end loop;
  return regexp_replace(regexp_replace(regexp_replace(quick,
    ' && \$\."[a-z0-9_]+" like_regex "\^\[0-9a-f\]\{8\}(-\[0-9a-f\]\{4\}){3}-\[0-9a-f\]\{12\}\$"', '', 'g'),
    'exists \((\$\."[a-z0-9_]+")\) && (\1\.type\(\) == )', '\2', 'g'),
    '\(!\(exists \((\$\."[a-z0-9_]+")\)\) \|\| \1\.type\(\) == ("[a-z]+")\)', '(!(\1.type() != \2))', 'g')::jsonpath;
end
$$;

alter table formwork.entity_storage
  drop column is_plain,
  drop column quick_shape,
  drop column text_top,
  drop column number_top,
  drop column time_top,
  drop column slot_count,
  add column fill_plan formwork.fill_plan generated always as (row(
    not is_rolled_up and formulas is null and transitions is null and conversions is null and cardinality(autonumbers) = 0,
    formwork.quick_shape(shape, time_keys),
    formwork.highest(text_keys),
    formwork.highest(number_keys),
    formwork.highest(time_keys),
    formwork.highest(link_keys),
    cardinality(array_remove(text_keys, null)) + cardinality(array_remove(number_keys, null))
      + cardinality(array_remove(time_keys, null)) + cardinality(array_remove(link_keys, null))
      + num_nonnulls(u1, u2, u3, u4),
    text_keys[1], text_keys[2], text_keys[3], text_keys[4], text_keys[5], text_keys[6], text_keys[7], text_keys[8],
    number_keys[1], number_keys[2], number_keys[3], number_keys[4],
    number_keys[5], number_keys[6], number_keys[7], number_keys[8],
    time_keys[1], time_keys[2], time_keys[3], time_keys[4], time_keys[5], time_keys[6], time_keys[7], time_keys[8],
    link_keys[1], link_keys[2], link_keys[3], link_keys[4], link_keys[5], link_keys[6], link_keys[7], link_keys[8],
    text_exact[1], text_exact[2], text_exact[3], text_exact[4], text_exact[5], text_exact[6], text_exact[7], text_exact[8],
    case when array_length(u1, 1) = 1 and u1[1][1] = 'exact' then u1[1][2] end,
    case when u4 is not null then 4 when u3 is not null then 3 when u2 is not null then 2 when u1 is not null then 1 else 0 end,
    u1, u2, u3, u4, nulls_equal, search_keys, search_prefix
  )::formwork.fill_plan) stored;
-- Read for every written record: while it fits into the page it stays there as it is. (Unpacking that of an entity type of 27
-- fields took as long as the check.) The shape itself is hardly ever read any more.
alter table formwork.entity_storage alter column fill_plan set storage main;
alter table formwork.entity_storage alter column shape set storage extended;
do $$
declare
  tenant uuid;
begin
  for tenant in select id from formwork.tenants loop
    perform set_config('app.tenant_id', tenant::text, true);
    update formwork.entity_storage set shape = shape;
  end loop;
end
$$;

-- What does not pass the quick look, or may not have its form, is looked at in full; what is refused is so with the fields.
create function formwork.refuse_misfit(tenant uuid, record_type text, data jsonb, is_certain boolean) returns void
language plpgsql stable
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  shape jsonpath;
  checks jsonb;
begin
  select s.shape, s.checks into shape, checks from formwork.entity_storage s
    where s.tenant_id = tenant and s.entity_type = record_type;
  if is_certain or (data @@ shape) is not true then
    perform formwork.refuse_shape(record_type, data, checks);
  end if;
end
$$;

-- As in 018, and: one column is read of the entity type's row; the assignments to slots are written out below, each
-- reached where the slot is in use, in steps of which none makes ready what the value does not need.
do $generate$
declare
  body text := $body$
declare
  plan formwork.fill_plan;
  s formwork.entity_storage;
  is_change boolean := tg_op = 'UPDATE';
  is_touch boolean := false;
  data jsonb := new.data;
  field text;
  value text;
  part jsonb;
  moment timestamp;
  are_moments boolean := true;
  are_links boolean := true;
  texts text[];
  computed jsonb;
begin
  if is_change and (new.id <> old.id or new.tenant_id <> old.tenant_id or new.entity_type <> old.entity_type) then
    raise exception 'tenant_id, id and entity_type of a record never change' using errcode = 'FW004';
  end if;
  -- `any`: beside the policy's own condition an equation makes one more node of the plan, a third of the look-up.
  plan := (select e.fill_plan from formwork.entity_storage e
    where e.tenant_id = any (array[new.tenant_id]) and e.entity_type = new.entity_type);
  if plan.is_plain is null and (not is_change or new.deleted_at is null) then
    raise exception 'there is no entity type "%"', new.entity_type using errcode = 'FW003';
  end if;

  if not plan.is_plain then
    select * into s from formwork.entity_storage
      where tenant_id = any (array[new.tenant_id]) and entity_type = new.entity_type;
    if s.is_rolled_up then
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
  end if;

  if is_change then
    is_touch := data = old.data;
    -- A registry change touches records to fill their slots, and what is computed follows from other values: that is
    -- no new version of them. Whoever changes a record's links to many, which are not in data, says so by updated_at.
    if new.deleted_at is distinct from old.deleted_at or new.updated_at <> old.updated_at
      or not is_touch and (s.formulas is null and s.is_rolled_up is not true
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
      new.u1, new.u2, new.u3, new.u4) > plan.slot_count
    then
      new := jsonb_populate_record(new, no_slots());
    end if;
  end if;

  if not plan.is_plain then
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

  if (data @@ plan.quick_shape) is not true then
    perform formwork.refuse_misfit(new.tenant_id, new.entity_type, data, false);
  end if;
  if not plan.is_plain and s.transitions is not null then
    for field in select jsonb_object_keys(s.transitions) loop
      if not is_change or data ->> field is distinct from old.data ->> field then
        perform formwork.check_transitions(new.entity_type, old.data, data, s.transitions);
        exit;
      end if;
    end loop;
  end if;
  new.data := data;

@slots@
  if not (are_moments and are_links) then
    perform formwork.refuse_misfit(new.tenant_id, new.entity_type, data, not are_links);
  end if;
  if plan.unique_top > 0 then
    value := (data -> plan.exact_u1)::text;
    if value like '"%' and octet_length(value) <= 198 then
      new.u1 := '[' || value || ']';
    else
      new.u1 := unique_slot(data, plan.u1, plan.nulls_equal[1]);
    end if;
    if plan.unique_top > 1 then
      new.u2 := unique_slot(data, plan.u2, plan.nulls_equal[2]);
      new.u3 := unique_slot(data, plan.u3, plan.nulls_equal[3]);
      new.u4 := unique_slot(data, plan.u4, plan.nulls_equal[4]);
    end if;
  end if;

  if plan.search_keys is not null then
    -- A change that leaves what is searchable as it is leaves the words.
    if is_change and not is_touch and new.words is not null then
      foreach field in array plan.search_keys loop
        exit when is_touch;
        is_touch := data ->> field is distinct from old.data ->> field;
      end loop;
    else
      is_touch := true;
    end if;
    if is_touch then
      foreach field in array plan.search_keys loop
        texts := texts || (data ->> field);
      end loop;
      new.words := search_vector(plan.search_prefix, texts);
    end if;
  elsif new.words is not null then
    new.words := null;
  end if;
  return new;
end
$body$;
  -- By kind: how a slot in use is filled.
  text_slot text := $slot$
      value := data ->> plan.t{n};
      if value is null then
        new.t{n} := text_null();
      elsif plan.exact_t{n} then
        new.t{n} := value;
      else
        new.t{n} := text_key(value);
      end if;$slot$;
  number_slot text := $slot$
      part := data -> plan.n{n};
      if jsonb_typeof(part) = 'number' then
        new.n{n} := part::float8;
      else
        new.n{n} := number_key(part);
      end if;$slot$;
  time_slot text := $slot$
      value := data ->> plan.d{n};
      if value is null then
        new.d{n} := 'infinity';
      else
        -- What cannot be read as a moment has to be refused before it is tried.
        if value like '%-00%' or value not like '____-__-__%'
          or ltrim(convert_to(value, 'UTF8'), '0123456789-T:.Z') <> ''
        then
          perform formwork.refuse_misfit(new.tenant_id, new.entity_type, data, false);
        end if;
        moment := value::timestamp;
        new.d{n} := moment at time zone 'UTC';
        -- As Postgres itself would write it? So it stands there, or it has not the form.
        if value like '%Z' then
          are_moments := are_moments and to_json(moment)::text = '"' || left(value, -1) || '"';
        else
          are_moments := are_moments and to_json(moment)::text = '"' || value || 'T00:00:00"';
        end if;
      end if;$slot$;
  link_slot text := $slot$
      value := data ->> plan.l{n};
      if value is null then
        new.l{n} := null;
        are_links := are_links and not data ? plan.l{n};
      elsif value like '________-____-____-____-____________' and value not like '%-%-%-%-%-%'
        and ltrim(convert_to(value, 'UTF8'), '0123456789abcdef-') = ''
      then
        new.l{n} := value::uuid;
      else
        new.l{n} := null;
        are_links := false;
      end if;$slot$;
  slots text := '';
  kind record;
  nested text;
begin
  for kind in
    select * from (values
      (1, 't', 'text', text_slot), (2, 'n', 'number', number_slot), (3, 'd', 'time', time_slot), (4, 'l', 'link', link_slot)
    ) as kinds (place, letter, name, slot) order by place
  loop
    nested := '';
    for number in reverse 8..1 loop
      nested := replace(replace(replace($nest$
  if plan.{letter}{n} is not null then$nest$ || kind.slot || $nest$
  elsif is_change then
    new.{letter}{n} := null;
  end if;$nest$, '{name}', kind.name), '{letter}', kind.letter), '{n}', number::text)
        || case when number < 8 then format(E'\n  if plan.%s_top > %s then', kind.name, number) || nested || E'\n  end if;' else '' end;
    end loop;
    slots := slots || nested;
  end loop;
  execute 'create or replace function formwork.fill_record() returns trigger language plpgsql
    set search_path = formwork, pg_catalog, pg_temp as ' || quote_literal(replace(body, '@slots@', slots));
end
$generate$;

-- What it did is written out in fill_record.
drop function formwork.link_key(text);

-- As in 018, without the case of one link.
create or replace function formwork.lead_home(tenant uuid, ids uuid[], targets text[]) returns boolean
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  strays bigint;
begin
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

-- As in 018: links are looked at, all at once, and then rolled up what the records belong to. One record of one link, as
-- most are, is looked after by one query.
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

grant execute on function formwork.wide_text_key(text) to formwork_gateway, formwork_designer, formwork_search, formwork_system;
grant execute on function formwork.quick_shape(jsonpath, text[]) to formwork_designer;
grant execute on function formwork.refuse_misfit(uuid, text, jsonb, boolean)
  to formwork_gateway, formwork_designer, formwork_system;

reset role;
