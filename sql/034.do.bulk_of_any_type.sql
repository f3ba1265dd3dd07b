-- Many new records in one statement whatever their entity type has: numbers, rollups, formulas, states and copied values are
-- made for all of them at once, and the insert of 025 takes it from there. Only where a field is changing its type are records
-- filled one by one.

set role formwork_owner;

-- What stands behind such an insert runs as whoever inserts: what it rolls up, and the triggers of what that changes. The
-- gateway may do all of it as well.
grant select, update (next_number) on formwork.autonumbers to formwork_writer;
grant select on formwork.record_links to formwork_writer;
grant usage on schema formwork_views to formwork_writer;
grant execute on function formwork.next_number(text, text), formwork.check_transitions(text, jsonb, jsonb, jsonb),
  formwork.lock_place(int, uuid), formwork.lock_parents(formwork.rollup_task[]), formwork.roll_up(formwork.rollup_task[]),
  formwork.linked_parents(formwork.rollups, uuid[]), formwork.used_values(jsonb, text[]), formwork.add_up(jsonb, jsonb),
  formwork.plan_difference(formwork.rollups, uuid[], jsonb[], int[]) to formwork_writer;

-- Functions of designs are stable, so that they write nothing, whoever calls them.
set role formwork_designer;
grant execute on all functions in schema formwork_views to formwork_writer;
alter default privileges in schema formwork_views grant execute on functions to formwork_writer;
set role formwork_owner;

-- The shape once more, in fewer steps than the quick one: each value is found once, and looked at where it stands. What it
-- takes fits; what it does not take may fit, and is looked at in full. Strict, because lax paths look into arrays: then what
-- is not there is unknown, and what is of another type is neither more nor less than anything.
create function formwork.strict_shape(checks jsonb, time_keys text[]) returns jsonpath
language plpgsql immutable parallel safe
as $$
declare
  field text;
  condition text;
  is_required boolean;
  place text;
  steps text := 'strict $.type() == "object"';
begin
  for field, condition in select c ->> 'field', c ->> 'path' from jsonb_array_elements(checks) c loop
    place := '$.' || to_json(field);
    is_required := condition like 'exists(%';
    -- After `exists(…) &&` or `!exists(…) ||`.
    condition := replace(substr(condition, strpos(condition, ')') + 5), place, '@');
    -- The forms of ids and moments in slots are seen when they are read (see 022).
    condition := replace(condition,
      ' && @ like_regex "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"', '');
    if field = any (time_keys) then
      condition := regexp_replace(condition, ' && @ like_regex "[^"]*"', '');
    end if;
    -- What is compared with a text or a number is one.
    condition := regexp_replace(condition, '^@\.type\(\) == "string" && (?=\(@ == "|!\(@ starts with ")', '');
    condition := regexp_replace(condition, '^@\.type\(\) == "number" && (?=@ >= |@\.abs\(\) <= )', '');
    -- Most numbers are neither very large nor very small.
    condition := regexp_replace(condition, '^@\.abs\(\) .*$', '@ >= 0.000001 && @ <= 1000000000000000 || \&');
    condition := case condition when '@.type() == "string"' then place || ' starts with ""'
      else 'exists(' || place || ' ? (' || condition || '))' end;
    steps := steps || ' && ' || case when is_required then condition else '(' || condition || ' || (exists(' || place || ')) is unknown)' end;
  end loop;
  return steps::jsonpath;
end
$$;

alter table formwork.entity_storage add column strict_shape jsonpath
  generated always as (formwork.strict_shape(checks, time_keys)) stored;
-- Read once for many records, and looked at for each of them: so it is not packed.
alter table formwork.entity_storage alter column strict_shape set storage external;

-- Values that are the linked records' of now, of which each row says which it wants. A copy is
-- {"to": …, "link": …, "from": …}, all storage keys; what the other record has not is not copied.
create function formwork.copy_values(contents jsonb[], wanted jsonb[], copied jsonb) returns jsonb[]
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  tenant uuid := current_tenant_id();
  copy record;
  ids text[];
  held jsonb;
begin
  for copy in select c."to" as target, c.link, c."from" as source
    from jsonb_to_recordset(copied) c ("to" text, link text, "from" text)
  loop
    ids := array(
      select l.id from (
        select distinct c.data ->> copy.link as id from unnest(contents, wanted) c (data, copies) where c.copies ? copy.target
      ) l where l.id like '________-____-____-____-____________' and translate(l.id, '0123456789abcdef', '') = '----');
    held := (select jsonb_object_agg(r.id, r.data -> copy.source) from formwork.records r
      where r.tenant_id = any (array[tenant]) and r.id = any (ids::uuid[]) and r.data ? copy.source);
    contents := array(
      select case when c.copies ? copy.target and held ? (c.data ->> copy.link)
        then c.data || jsonb_build_object(copy.target, held -> (c.data ->> copy.link)) else c.data end
      from unnest(contents, wanted) c (data, copies));
  end loop;
  return contents;
end
$$;

-- What fill_record makes of new data before it looks at its shape.
create function formwork.complete_new(kind formwork.entity_storage, contents jsonb[]) returns jsonb[]
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  numbered text;
  before bigint;
begin
  if kind.rollup_keys <> '{}' then
    contents := array(
      select case when c.data ?| kind.rollup_keys then c.data - kind.rollup_keys else c.data end || kind.no_rollups
      from unnest(contents) c (data));
  end if;
  foreach numbered in array kind.autonumbers loop
    update formwork.autonumbers a set next_number = a.next_number + cardinality(contents)
      where a.tenant_id = kind.tenant_id and a.entity_type = kind.entity_type and a.field = numbered
      returning a.next_number - cardinality(contents) - 1 into before;
    contents := array(select c.data || jsonb_build_object(numbered, before + c.place)
      from unnest(contents) with ordinality c (data, place));
  end loop;
  if kind.formulas is not null then
    execute 'select array_agg(d.data || formwork_views.' || kind.formulas || '(d.data)) from (
        select case when c.data ?| $2 then c.data - $2 else c.data end as data from unnest($1) c (data) offset 0) d'
      into contents using contents, kind.formula_keys;
  end if;
  return contents;
end
$$;

-- True for new data whose states may be the first; null where every state may.
create function formwork.first_states(transitions jsonb) returns jsonpath
language sql stable
return (
  select string_agg(format('(!(exists ($.%1$s)) || %2$s)', to_json(t.field), coalesce(
      (select string_agg(format('$.%s == %s', to_json(t.field), state), ' || ') from jsonb_array_elements(t.rule -> 'initial') state),
      '1 == 0')), ' && ')::jsonpath
  from jsonb_each(transitions) t (field, rule) where t.rule ? 'initial'
);

-- True for such data; refuses other data (see check_transitions).
create function formwork.may_begin(record_type text, data jsonb, transitions jsonb) returns boolean
language plpgsql stable
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  perform formwork.check_transitions(record_type, null, data, transitions);
  return true;
end
$$;

grant execute on function formwork.strict_shape(jsonb, text[]) to formwork_designer;
grant execute on function formwork.copy_values(jsonb[], jsonb[], jsonb)
  to formwork_gateway, formwork_system, formwork_writer;
grant execute on function formwork.complete_new(formwork.entity_storage, jsonb[]), formwork.first_states(jsonb),
  formwork.may_begin(text, jsonb, jsonb) to formwork_writer;

drop function formwork.insert_records(text, jsonb, text, boolean);
grant create on schema formwork to formwork_writer;
reset role;
set role formwork_writer;
drop function formwork.insert_filled(text, jsonb, text, boolean);

-- As in 025, and: it is asked for the ids of what went in only where something may be left out; and most entity types have
-- few slots of each kind, so there is a statement for those that has no more.
do $generate$
declare
  body text := $body$
declare
  tenant uuid := formwork.current_tenant_id();
  plan formwork.fill_plan;
  strict_shape jsonpath;
  kind formwork.entity_storage;
  first_states jsonpath;
  ids uuid[];
  contents jsonb[];
  has_few boolean;
begin
  plan := (select e.fill_plan from formwork.entity_storage e
    where e.tenant_id = any (array[tenant]) and e.entity_type = record_type);
  if plan.is_plain is null then
    raise exception 'there is no entity type "%"', record_type using errcode = 'FW003';
  end if;
  strict_shape := (select e.strict_shape from formwork.entity_storage e
    where e.tenant_id = any (array[tenant]) and e.entity_type = record_type);
  if copied is null then
    select array_agg(r.id), array_agg(r.data) into ids, contents from jsonb_to_recordset(rows) r (id uuid, data jsonb);
  else
    select array_agg(r.id), copy_values(array_agg(r.data), array_agg(r.copies), copied) into ids, contents
      from jsonb_to_recordset(rows) r (id uuid, data jsonb, copies jsonb);
  end if;
  if not plan.is_plain and ids is not null then
    select * into kind from formwork.entity_storage e
      where e.tenant_id = any (array[tenant]) and e.entity_type = record_type;
    if kind.conversions is not null then
      raise exception 'records of "%" are filled one by one', record_type using errcode = 'FW003';
    end if;
    contents := complete_new(kind, contents);
    first_states := formwork.first_states(kind.transitions);
  end if;
  has_few := greatest(plan.text_top, plan.number_top, plan.time_top, plan.link_top) <= 3;
  if leave_out and has_few then
    return query @few@ on conflict do nothing returning id;
  elsif leave_out then
    return query @all@ on conflict do nothing returning id;
  elsif has_few then
    @few@;
  else
    @all@;
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
      from unnest(ids, contents) r (id, data)
      where case when r.data @@ strict_shape or fits(record_type, r.data, false) then
        first_states is null or r.data @@ first_states or may_begin(record_type, r.data, kind.transitions) end
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
  columns text;
  filled text;
  read text;
  variant record;
  kind record;
begin
  for variant in select * from (values ('@few@', 3), ('@all@', 8)) as variants (mark, top) loop
    columns := '';
    filled := '';
    read := ', (r.data -> plan.exact_u1)::text as u1';
    for kind in
      select * from (values (1, 't', text_slot), (2, 'n', number_slot), (3, 'd', time_slot), (4, 'l', link_slot))
        as kinds (place, letter, slot) order by place
    loop
      for number in 1..variant.top loop
        columns := columns || format(', %s%s', kind.letter, number);
        read := read || format(', r.data %1$s plan.%2$s%3$s as %2$s%3$s',
          case when kind.letter = 'n' then '->' else '->>' end, kind.letter, number);
        filled := filled || replace(format(E',\n      case when plan.%s{n} is not null then %s end', kind.letter, kind.slot),
          '{n}', number::text);
      end loop;
    end loop;
    body := replace(body, variant.mark,
      replace(replace(replace(statement, '@columns@', columns), '@values@', filled), '@read@', read));
  end loop;
  execute 'create function formwork.insert_filled(record_type text, rows jsonb, actor text, leave_out boolean,
      copied jsonb default null)
    returns setof uuid language plpgsql security definer set search_path = formwork, pg_catalog, pg_temp as '
    || quote_literal(body);
end
$generate$;

revoke execute on function formwork.insert_filled(text, jsonb, text, boolean, jsonb) from public;
grant execute on function formwork.insert_filled(text, jsonb, text, boolean, jsonb) to formwork_gateway, formwork_system;

reset role;
set role formwork_owner;
revoke create on schema formwork from formwork_writer;

-- New records of one entity type: a row is {"id": …, "data": …, "copies": …}, with the storage keys of what is to be copied
-- into it. Those that a unique key refuses are left out where that is wanted; then it gives the ids of the rest.
create function formwork.insert_records(
  record_type text, rows jsonb, actor text, leave_out boolean, copied jsonb default null
) returns setof uuid
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  ids uuid[];
  contents jsonb[];
begin
  if exists (select from formwork.entity_storage e
    where e.tenant_id = any (array[current_tenant_id()]) and e.entity_type = record_type and e.conversions is null)
  then
    if leave_out then
      return query select * from insert_filled(record_type, rows, actor, true, copied);
    else
      perform insert_filled(record_type, rows, actor, false, copied);
    end if;
    return;
  end if;
  if copied is null then
    select array_agg(r.id), array_agg(r.data) into ids, contents from jsonb_to_recordset(rows) r (id uuid, data jsonb);
  else
    select array_agg(r.id), copy_values(array_agg(r.data), array_agg(r.copies), copied) into ids, contents
      from jsonb_to_recordset(rows) r (id uuid, data jsonb, copies jsonb);
  end if;
  -- See next_number.
  perform set_config('app.number_block', cardinality(ids)::text, true);
  if leave_out then
    return query insert into formwork.records (id, entity_type, data, created_by, updated_by)
      select w.id, record_type, w.data, actor, actor from unnest(ids, contents) w (id, data)
      on conflict do nothing returning id;
  else
    insert into formwork.records (id, entity_type, data, created_by, updated_by)
      select w.id, record_type, w.data, actor, actor from unnest(ids, contents) w (id, data);
  end if;
  perform set_config('app.number_block', '', true);
end
$$;

grant execute on function formwork.insert_records(text, jsonb, text, boolean, jsonb) to formwork_gateway, formwork_system;

reset role;
