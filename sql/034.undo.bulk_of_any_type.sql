set role formwork_owner;
drop function formwork.insert_records(text, jsonb, text, boolean, jsonb);
grant create on schema formwork to formwork_writer;
reset role;
set role formwork_writer;
drop function formwork.insert_filled(text, jsonb, text, boolean, jsonb);

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

alter table formwork.entity_storage drop column strict_shape;
drop function formwork.strict_shape(jsonb, text[]), formwork.copy_values(jsonb[], jsonb[], jsonb), formwork.complete_new(formwork.entity_storage, jsonb[]),
  formwork.first_states(jsonb), formwork.may_begin(text, jsonb, jsonb);
revoke execute on function formwork.next_number(text, text), formwork.check_transitions(text, jsonb, jsonb, jsonb),
  formwork.lock_place(int, uuid), formwork.lock_parents(formwork.rollup_task[]), formwork.roll_up(formwork.rollup_task[]),
  formwork.linked_parents(formwork.rollups, uuid[]), formwork.used_values(jsonb, text[]), formwork.add_up(jsonb, jsonb),
  formwork.plan_difference(formwork.rollups, uuid[], jsonb[], int[]) from formwork_writer;
revoke select, update (next_number) on formwork.autonumbers from formwork_writer;
revoke select on formwork.record_links from formwork_writer;
revoke usage on schema formwork_views from formwork_writer;
set role formwork_designer;
alter default privileges in schema formwork_views revoke execute on functions from formwork_writer;
revoke execute on all functions in schema formwork_views from formwork_writer;

reset role;
