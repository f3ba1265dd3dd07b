set role formwork_owner;

create function formwork.add_up(data jsonb, differences jsonb) returns jsonb
language sql immutable parallel safe
return (
  select case when count(*) = count(*) filter (where abs(sum) < 1e38 and abs(difference) < 1e38)
    then jsonb_object_agg(key, trim_scale(sum)) end
  from (
    select key, value::numeric as difference,
      case when jsonb_typeof(data -> key) = 'number' then (data -> key)::numeric + value::numeric end as sum
    from jsonb_each(differences)
  ) sums
);

create or replace function formwork.used_values(data jsonb, uses text[]) returns jsonb
language sql immutable parallel safe
return (select coalesce(jsonb_object_agg(used, data -> used) filter (where data ? used), '{}') from unnest(uses) used);

create or replace function formwork.roll_up(tasks formwork.rollup_task[]) returns void
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

drop function formwork.add_up(jsonb, jsonb, text[]), formwork.led_to(formwork.rollups, uuid[]);
grant execute on function formwork.add_up(jsonb, jsonb)
  to formwork_gateway, formwork_designer, formwork_system, formwork_writer;

reset role;
