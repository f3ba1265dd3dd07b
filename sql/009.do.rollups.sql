set role formwork_owner;

-- Values that Postgres computes and keeps: formulas over a record's own values, rollups over the records that link to
-- it. They stand in records.data under the storage keys of their fields, so that they are indexed, checked and read as
-- any other value; whatever a client sends for them is discarded. And all that is done for each written record is made
-- cheap.

-- The highest slot in use.
create function formwork.highest(keys text[]) returns int
language sql immutable parallel safe
return coalesce((select max(place) from generate_subscripts(keys, 1) place where keys[place] is not null), 0);

alter table formwork.entity_storage
  -- The shape in fewer steps: without the form of ids, which the trigger sees while it reads them (a regular
  -- expression for each link took as long as everything else), and without asking first whether a text is there.
  add column quick_shape jsonpath generated always as (
    regexp_replace(regexp_replace(regexp_replace(shape::text,
      ' && \$\."[a-z0-9_]+" like_regex "\^\[0-9a-f\]\{8\}(-\[0-9a-f\]\{4\}){3}-\[0-9a-f\]\{12\}\$"', '', 'g'),
      'exists \((\$\."[a-z0-9_]+")\) && (\1\.type\(\) == )', '\2', 'g'),
      '\(!\(exists \((\$\."[a-z0-9_]+")\)\) \|\| \1\.type\(\) == ("[a-z]+")\)', '(!(\1.type() != \2))', 'g')::jsonpath
  ) stored,
  add column text_top int generated always as (formwork.highest(text_keys)) stored,
  add column number_top int generated always as (formwork.highest(number_keys)) stored,
  add column time_top int generated always as (formwork.highest(time_keys)) stored,
  add column link_top int generated always as (formwork.highest(link_keys)) stored,
  -- How many slots a record may fill.
  add column slot_count int generated always as (
    cardinality(array_remove(text_keys, null)) + cardinality(array_remove(number_keys, null))
    + cardinality(array_remove(time_keys, null)) + cardinality(array_remove(link_keys, null))
    + num_nonnulls(u1, u2, u3, u4)
  ) stored,
  -- The function in formwork_views that computes the stored formulas of a record from its data.
  add column formulas text collate "C" check (formulas ~ '^f_[0-9a-f]+$'),
  -- Storage keys of stored formulas and of rollups, and the rollups of a record that nothing links to.
  add column formula_keys text[] not null default '{}',
  add column rollup_keys text[] not null default '{}',
  add column no_rollups jsonb not null default '{}',
  -- Whether a rollup of the entity type or over it has to be looked after.
  add column is_rolled_up boolean not null default false;
alter table formwork.entity_storage alter column quick_shape set storage main;

-- The rollups of an entity type over the records of one link: a row, and a function in formwork_views that computes them
-- for a list of records.
create table formwork.rollups (
  tenant_id uuid not null default formwork.current_tenant_id(),
  entity_type text collate "C" not null,
  -- The entity type whose records are rolled up.
  source_type text collate "C" not null,
  -- The link between them, and on which side it is: to one on the source, to many on the source ("in"), or to many on
  -- the entity type itself ("out").
  field text collate "C" not null,
  way text not null check (way in ('link', 'in', 'out')),
  -- Number of the link's slot; null for links to many.
  slot int check (slot between 1 and 8 and (slot is null) = (way <> 'link')),
  compute text collate "C" not null check (compute ~ '^f_[0-9a-f]+$'),
  -- Counts and sums over a link to one are kept by adding what comes and taking away what goes, so that they cost the
  -- same for ten records and for a million; this function says how much that is.
  difference text collate "C" check (difference ~ '^f_[0-9a-f]+$'),
  is_added boolean not null check (is_added = (difference is not null) and (not is_added or way = 'link')),
  -- Higher than that of rollups which it rolls up: locks are taken from the lowest to the highest.
  level int not null check (level > 0),
  -- Storage keys: of the rollups, and of what they depend on in the source.
  keys text[] not null,
  uses text[] not null,
  primary key (tenant_id, entity_type, source_type, field, way, is_added),
  foreign key (tenant_id, entity_type) references formwork.entity_types (tenant_id, storage_key) on delete cascade,
  foreign key (tenant_id, source_type) references formwork.entity_types (tenant_id, storage_key) on delete cascade
);
create index on formwork.rollups (tenant_id, source_type);
alter table formwork.rollups enable row level security;
alter table formwork.rollups force row level security;
create policy tenant_isolation on formwork.rollups
  using (tenant_id = formwork.current_tenant_id())
  with check (tenant_id = formwork.current_tenant_id());
grant select on formwork.rollups to formwork_gateway, formwork_designer;
grant insert, update, delete on formwork.rollups to formwork_designer;

-- As in 002, and plain text the short way: of characters that are one byte each only the case is folded.
create or replace function formwork.text_key(value text) returns text
language sql immutable parallel safe
return case when octet_length(value) = length(value) then left(lower(value collate "C"), 200)
  else left(replace(formwork.fold(left(value, 400), false), U&'\+10FFFF', ''), 200) end collate "C";

-- As in 006, with fewer steps: most keys have one or two parts, and those of texts are the texts.
create or replace function formwork.unique_slot(data jsonb, parts text[], nulls_equal boolean) returns text
language plpgsql immutable
as $$
declare
  count int := array_length(parts, 1);
  first text;
  second text;
  key_values text[];
  key_text text;
begin
  if parts is null then
    return null;
  end if;
  if count > 2 then
    for number in 1..count loop
      key_values[number] := formwork.key_part(parts[number][1], data -> parts[number][2]);
    end loop;
    if not nulls_equal and array_position(key_values, null) is not null then
      return null;
    end if;
    return formwork.unique_key(key_values);
  end if;
  first := case when parts[1][1] <> 'fold' and jsonb_typeof(data -> parts[1][2]) = 'string'
    then data ->> parts[1][2] else formwork.key_part(parts[1][1], data -> parts[1][2]) end;
  if count = 1 then
    if first is null and not nulls_equal then
      return null;
    end if;
    key_text := jsonb_build_array(first)::text;
  else
    second := case when parts[2][1] <> 'fold' and jsonb_typeof(data -> parts[2][2]) = 'string'
      then data ->> parts[2][2] else formwork.key_part(parts[2][1], data -> parts[2][2]) end;
    if (first is null or second is null) and not nulls_equal then
      return null;
    end if;
    key_text := jsonb_build_array(first, second)::text;
  end if;
  return case when octet_length(key_text) <= 200 then key_text
    else '#' || encode(sha256(convert_to(key_text, 'UTF8')), 'hex') end;
end
$$;

-- The id in a text, null where there is none: 0.3 µs, and a regular expression takes 6. Only the form that Postgres
-- itself writes is one, since ids in data are compared as text.
create function formwork.link_key(value text) returns uuid
language sql immutable parallel safe
return case
  when value like '________-____-____-____-____________' and translate(value, '0123456789abcdef', '') = '----'
    then value::uuid
end;

-- As in 008, and: stored formulas are computed, rollups are kept from everybody but the triggers that look after them.
-- What an entity type does not use costs it nothing: slots are nested by their numbers, conditions stand before calls.
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
  part jsonb;
  computed jsonb;
begin
  if is_change and (new.id <> old.id or new.tenant_id <> old.tenant_id or new.entity_type <> old.entity_type) then
    raise exception 'tenant_id, id and entity_type of a record never change' using errcode = 'FW004';
  end if;
  select * into s from formwork.entity_storage
    where tenant_id = new.tenant_id and entity_type = new.entity_type;
  if not found and (not is_change or new.deleted_at is null) then
    raise exception 'there is no entity type "%"', new.entity_type using errcode = 'FW003';
  end if;

  if s.is_rolled_up then
    -- Tells the triggers of the statement (_400_…), which else have nothing to look for.
    computed := to_jsonb(set_config('app.rolled_up', 'yes', true));
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

  foreach field in array s.autonumbers loop
    if is_change and old.data ? field then
      data := data || jsonb_build_object(field, old.data -> field);
    else
      data := data || jsonb_build_object(field, next_number(new.entity_type, field));
    end if;
  end loop;
  if s.formulas is not null then
    execute 'select formwork_views.' || s.formulas || '($1)' into computed using data - s.formula_keys;
    data := (data - s.formula_keys) || computed;
  end if;

  if not coalesce(data @@ s.quick_shape, false) then
    perform formwork.refuse_shape(new.entity_type, data, s.checks);
  end if;
  if s.transitions is not null then
    for field in select jsonb_object_keys(s.transitions) loop
      if not is_change or data ->> field is distinct from old.data ->> field then
        perform formwork.check_transitions(new.entity_type, old.data, data, s.transitions);
        exit;
      end if;
    end loop;
  end if;
  new.data := data;

  -- Straight assignments: a loop over a map took three times as long. A kind that is not in use costs one look, and a
  -- value is taken out of the data once.
  if s.text_top > 0 then
    value := data ->> s.text_keys[1];
    new.t1 := case when value is null then case when s.text_keys[1] is not null then text_null() end
      when s.text_exact[1] then value else text_key(value) end;
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
  if s.number_top > 0 then
    part := data -> s.number_keys[1];
    new.n1 := case when s.number_keys[1] is not null then number_key(part) end;
    part := data -> s.number_keys[2];
    new.n2 := case when s.number_keys[2] is not null then number_key(part) end;
    if s.number_top > 2 then
      part := data -> s.number_keys[3];
      new.n3 := case when s.number_keys[3] is not null then number_key(part) end;
      part := data -> s.number_keys[4];
      new.n4 := case when s.number_keys[4] is not null then number_key(part) end;
      if s.number_top > 4 then
        part := data -> s.number_keys[5];
        new.n5 := case when s.number_keys[5] is not null then number_key(part) end;
        part := data -> s.number_keys[6];
        new.n6 := case when s.number_keys[6] is not null then number_key(part) end;
        part := data -> s.number_keys[7];
        new.n7 := case when s.number_keys[7] is not null then number_key(part) end;
        part := data -> s.number_keys[8];
        new.n8 := case when s.number_keys[8] is not null then number_key(part) end;
      end if;
    end if;
  end if;
  if s.time_top > 0 then
    value := data ->> s.time_keys[1];
    new.d1 := case when s.time_keys[1] is not null then time_key(value) end;
    value := data ->> s.time_keys[2];
    new.d2 := case when s.time_keys[2] is not null then time_key(value) end;
    if s.time_top > 2 then
      value := data ->> s.time_keys[3];
      new.d3 := case when s.time_keys[3] is not null then time_key(value) end;
      value := data ->> s.time_keys[4];
      new.d4 := case when s.time_keys[4] is not null then time_key(value) end;
      if s.time_top > 4 then
        value := data ->> s.time_keys[5];
        new.d5 := case when s.time_keys[5] is not null then time_key(value) end;
        value := data ->> s.time_keys[6];
        new.d6 := case when s.time_keys[6] is not null then time_key(value) end;
        value := data ->> s.time_keys[7];
        new.d7 := case when s.time_keys[7] is not null then time_key(value) end;
        value := data ->> s.time_keys[8];
        new.d8 := case when s.time_keys[8] is not null then time_key(value) end;
      end if;
    end if;
  end if;
  if s.link_top > 0 then
    value := data ->> s.link_keys[1];
    new.l1 := link_key(value);
    value := data ->> s.link_keys[2];
    new.l2 := link_key(value);
    if s.link_top > 2 then
      value := data ->> s.link_keys[3];
      new.l3 := link_key(value);
      value := data ->> s.link_keys[4];
      new.l4 := link_key(value);
      if s.link_top > 4 then
        value := data ->> s.link_keys[5];
        new.l5 := link_key(value);
        value := data ->> s.link_keys[6];
        new.l6 := link_key(value);
        value := data ->> s.link_keys[7];
        new.l7 := link_key(value);
        value := data ->> s.link_keys[8];
        new.l8 := link_key(value);
      end if;
    end if;
  end if;
  if s.link_top > 0 and (new.l1 is null and data ? s.link_keys[1] or new.l2 is null and data ? s.link_keys[2]
    or s.link_top > 2 and (new.l3 is null and data ? s.link_keys[3] or new.l4 is null and data ? s.link_keys[4]
      or new.l5 is null and data ? s.link_keys[5] or new.l6 is null and data ? s.link_keys[6]
      or new.l7 is null and data ? s.link_keys[7] or new.l8 is null and data ? s.link_keys[8]))
  then
    perform formwork.refuse_shape(new.entity_type, data, s.checks);
  end if;
  if s.u1 is not null then
    new.u1 := unique_slot(data, s.u1, s.nulls_equal[1]);
  end if;
  if s.u2 is not null then
    new.u2 := unique_slot(data, s.u2, s.nulls_equal[2]);
  end if;
  if s.u3 is not null then
    new.u3 := unique_slot(data, s.u3, s.nulls_equal[3]);
  end if;
  if s.u4 is not null then
    new.u4 := unique_slot(data, s.u4, s.nulls_equal[4]);
  end if;

  return new;
end
$$;

-- A rule, and records whose rollups by it are to be computed anew (new ones are seen by nobody else), or are to change
-- by so much: {"<id>": {"total": -12.5}}.
create type formwork.rollup_task as (rule formwork.rollups, parents uuid[], are_new boolean, differences jsonb);

-- The place of a record in the order in which rollups are locked: digits that sort alike under every collation.
create function formwork.lock_place(level int, id uuid) returns text
language sql immutable parallel safe
return lpad(level::text, 3, '0') || replace(id::text, '-', '');

-- Locks what is to be rolled up, all at once and in one order: by level, then by id. Whoever would lock a record out of
-- order, because of what the transaction has locked before, does not wait for it (55P03, and is tried again): so two
-- that lock the same records in opposite order never wait for each other, and no deadlock has to be found out, which
-- takes Postgres a second.
create function formwork.lock_parents(tasks formwork.rollup_task[]) returns void
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  held text := coalesce(current_setting('app.highest_lock', true), '');
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
      perform from formwork.records p
        where p.tenant_id = step.tenant and p.id = any (step.ids) and p.deleted_at is null
        order by p.id for no key update nowait;
    else
      perform from formwork.records p
        where p.tenant_id = step.tenant and p.id = any (step.ids) and p.deleted_at is null
        order by p.id for no key update;
    end if;
    held := greatest(held, step.highest);
  end loop;
  perform set_config('app.highest_lock', held, true);
end
$$;

-- Numbers of data with differences added to them; null where one is no number, or would be none that a field can hold.
create function formwork.add_up(data jsonb, differences jsonb) returns jsonb
language sql immutable parallel safe
return (
  select case when count(*) = count(*) filter (where abs(sum) < 1e38) then jsonb_object_agg(key, trim_scale(sum)) end
  from (
    select key, case when jsonb_typeof(data -> key) = 'number' then (data -> key)::numeric + value::numeric end as sum
    from jsonb_each(differences)
  ) sums
);

-- Brings rollups up to date. What they come to is read by a statement that begins when the locks are held: re-derived in
-- one statement, two writers stored 7 where there were 12. Not a new version of the records: see fill_record.
create function formwork.roll_up(tasks formwork.rollup_task[]) returns void
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  task formwork.rollup_task;
  rule formwork.rollups;
  ids uuid[];
  rolled jsonb;
begin
  if tasks is null then
    return;
  end if;
  perform formwork.lock_parents(tasks);
  foreach task in array tasks loop
    rule := task.rule;
    if task.differences is not null then
      with added as (
        update formwork.records p set data = p.data || add_up(p.data, task.differences -> p.id::text)
          where p.tenant_id = rule.tenant_id and p.id = any (task.parents) and p.entity_type = rule.entity_type
            and p.deleted_at is null and add_up(p.data, task.differences -> p.id::text) is not null
          returning p.id
      )
      select array_agg(parent) into task.parents from unnest(task.parents) parent
        where parent not in (select id from added);
      continue when task.parents is null;
      -- What cannot be added up is computed anew.
    end if;
    execute 'select array_agg(f.parent), jsonb_object_agg(f.parent, f.rolled) from formwork_views.' || rule.compute
      || '($1, $2) f' into ids, rolled using rule.tenant_id, task.parents;
    update formwork.records p set data = (p.data - rule.keys) || (rolled -> p.id::text)
      where p.tenant_id = rule.tenant_id and p.id = any (ids) and p.entity_type = rule.entity_type
        and p.deleted_at is null and p.data <> (p.data - rule.keys) || (rolled -> p.id::text);
  end loop;
end
$$;

-- The records of which a rule rolls up some of these; by the links to many between them.
create function formwork.linked_parents(rule formwork.rollups, sources uuid[]) returns uuid[]
language sql stable
as $$
  select case rule.way
    when 'in' then (select array_agg(distinct l.target_id) from formwork.record_links l
      where l.tenant_id = rule.tenant_id and l.source_id = any (sources)
        and l.entity_type = rule.source_type and l.field = rule.field)
    when 'out' then (select array_agg(distinct l.source_id) from formwork.record_links l
      where l.tenant_id = rule.tenant_id and l.target_id = any (sources)
        and l.entity_type = rule.entity_type and l.field = rule.field)
  end
$$;

-- Of data, what a rule depends on.
create function formwork.used_values(data jsonb, uses text[]) returns jsonb
language sql immutable parallel safe
return (select coalesce(jsonb_object_agg(used, data -> used) filter (where data ? used), '{}') from unnest(uses) used);

-- What comes (1) and goes (-1) as a task; without parents where that makes no difference.
create function formwork.plan_difference(
  rule formwork.rollups, links uuid[], contents jsonb[], signs int[]
) returns formwork.rollup_task
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  task formwork.rollup_task := row(rule, null, false, null);
begin
  if links is not null then
    execute 'select array_agg(f.parent), jsonb_object_agg(f.parent, f.rolled) from formwork_views.' || rule.difference
      || '($1, $2, $3) f' into task.parents, task.differences using links, contents, signs;
  end if;
  return task;
end
$$;

-- After an insert. Of the new records themselves too: what links to them may have been there before.
create function formwork.roll_up_new() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  types text[] := array(select distinct entity_type from added);
  rule formwork.rollups;
  parents uuid[];
  links uuid[];
  contents jsonb[];
  signs int[];
  task formwork.rollup_task;
  tasks formwork.rollup_task[];
begin
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

-- After an update: of what a record linked to and links to now, where something has changed that a rule depends on.
-- A record that is deleted and kept has lost its links; one that comes back is as a new one.
create function formwork.roll_up_changed() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  types text[] := array(select distinct entity_type from after);
  rule formwork.rollups;
  parents uuid[];
  links uuid[];
  contents jsonb[];
  signs int[];
  task formwork.rollup_task;
  tasks formwork.rollup_task[];
begin
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

-- After a delete. Links to many go as rows of their own.
create function formwork.roll_up_gone() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.rollups;
  links uuid[];
  contents jsonb[];
  signs int[];
  task formwork.rollup_task;
  tasks formwork.rollup_task[];
begin
  for rule in
    select r.* from formwork.rollups r
    where r.way = 'link' and (r.tenant_id, r.source_type) in (select distinct g.tenant_id, g.entity_type from gone g)
  loop
    select array_agg(link), array_agg(g.data), array_agg(-1) into links, contents, signs from gone g
      cross join lateral (values ((array[g.l1, g.l2, g.l3, g.l4, g.l5, g.l6, g.l7, g.l8])[rule.slot])) l (link)
      where g.tenant_id = rule.tenant_id and g.entity_type = rule.source_type and link is not null;
    task := row(rule, links, false, null);
    if rule.is_added then
      task := plan_difference(rule, links, contents, signs);
    end if;
    if task.parents is not null then
      tasks := tasks || task;
    end if;
  end loop;
  perform formwork.roll_up(tasks);
  return null;
end
$$;

-- After links to many come and go.
create function formwork.roll_up_links() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.rollups;
  parents uuid[];
  sources uuid[];
  tasks formwork.rollup_task[];
begin
  for rule in
    select r.* from formwork.rollups r
    where r.way <> 'link' and exists (
      select from touched t where t.tenant_id = r.tenant_id and t.field = r.field
        and t.entity_type = case r.way when 'in' then r.source_type else r.entity_type end)
  loop
    select array_agg(distinct case rule.way when 'in' then t.target_id else t.source_id end),
        array_agg(distinct case rule.way when 'in' then t.source_id else t.target_id end)
      into parents, sources from touched t
      where t.tenant_id = rule.tenant_id and t.field = rule.field
        and t.entity_type = case rule.way when 'in' then rule.source_type else rule.entity_type end;
    -- A writer who is changing such a record now does not see the link, nor does this one see the change: so wait.
    perform from formwork.records r where r.tenant_id = rule.tenant_id and r.id = any (sources) order by r.id for share;
    tasks := tasks || row(rule, parents, false, null)::formwork.rollup_task;
  end loop;
  perform formwork.roll_up(tasks);
  return null;
end
$$;

-- A rule that is new or has changed: for all records. (From within a trigger, for only there rollups may be written.)
create function formwork.roll_up_all() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  ids uuid[] := array(select r.id from formwork.records r
    where r.tenant_id = new.tenant_id and r.entity_type = new.entity_type and r.deleted_at is null order by r.id);
begin
  for offset_in in 1..coalesce(cardinality(ids), 0) by 5000 loop
    perform formwork.roll_up(array[row(new, ids[offset_in:offset_in + 4999], false, null)::formwork.rollup_task]);
  end loop;
  return null;
end
$$;

-- Statements that wrote nothing with rollups do not even look (fill_record says so); a transition table by itself
-- costs an insert 3 %.
create trigger _400_rollups_of_new after insert on formwork.records
  referencing new table as added
  for each statement when (current_setting('app.rolled_up', true) = 'yes')
  execute function formwork.roll_up_new();
create trigger _400_rollups_of_changed after update on formwork.records
  referencing old table as before new table as after
  for each statement when (current_setting('app.rolled_up', true) = 'yes')
  execute function formwork.roll_up_changed();
create trigger _400_rollups_of_gone after delete on formwork.records
  referencing old table as gone
  for each statement execute function formwork.roll_up_gone();
create trigger _400_rollups_of_new after insert on formwork.record_links
  referencing new table as touched
  for each statement execute function formwork.roll_up_links();
create trigger _400_rollups_of_gone after delete on formwork.record_links
  referencing old table as touched
  for each statement execute function formwork.roll_up_links();
create trigger _400_roll_up after insert or update on formwork.rollups
  for each row execute function formwork.roll_up_all();

-- For the last attempt at a transaction that others were in the way of: waits until it is the only writer of the
-- tenant, though not for long, for meanwhile nobody else begins (a long import may be under way).
create function formwork.begin_alone(tenant uuid) returns void
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  patience text := current_setting('lock_timeout');
begin
  begin
    perform set_config('lock_timeout', '500ms', true);
    perform pg_advisory_xact_lock(formwork.tenant_lock_key(tenant));
  exception when lock_not_available then
    null;
  end;
  perform set_config('lock_timeout', patience, true);
end
$$;

-- Functions that the designer's role generates are for the gateway, and for nobody else.
set role formwork_designer;
alter default privileges revoke execute on functions from public;
alter default privileges in schema formwork_views grant execute on functions to formwork_gateway;
set role formwork_owner;

grant execute on function formwork.highest(text[]), formwork.link_key(text),
  formwork.lock_place(int, uuid), formwork.lock_parents(formwork.rollup_task[]),
  formwork.roll_up(formwork.rollup_task[]), formwork.linked_parents(formwork.rollups, uuid[]),
  formwork.used_values(jsonb, text[]), formwork.add_up(jsonb, jsonb),
  formwork.plan_difference(formwork.rollups, uuid[], jsonb[], int[]), formwork.begin_alone(uuid)
  to formwork_gateway, formwork_designer;

reset role;
