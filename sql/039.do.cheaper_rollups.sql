set role formwork_owner;

-- What is rolled up for less. A query within a function of SQL is made ready for each call: beside that these steps are few.

-- As in 009: of data, what a rule depends on.
create or replace function formwork.used_values(data jsonb, uses text[]) returns jsonb
language plpgsql immutable parallel safe
as $$
declare
  used text;
  picked jsonb := '{}';
begin
  foreach used in array uses loop
    if data ? used then
      picked := picked || jsonb_build_object(used, data -> used);
    end if;
  end loop;
  return picked;
end
$$;

-- As in 036, and told which numbers there may be.
create function formwork.add_up(data jsonb, differences jsonb, keys text[]) returns jsonb
language plpgsql immutable parallel safe
as $$
declare
  key text;
  difference numeric;
  sum numeric;
  sums jsonb;
begin
  foreach key in array keys loop
    continue when (differences ? key) is not true;
    if jsonb_typeof(data -> key) is distinct from 'number' then
      return null;
    end if;
    difference := (differences -> key)::numeric;
    sum := (data -> key)::numeric + difference;
    if abs(difference) >= 1e38 or abs(sum) >= 1e38 then
      return null;
    end if;
    sums := coalesce(sums, '{}') || jsonb_build_object(key, trim_scale(sum));
  end loop;
  return sums;
end
$$;
drop function formwork.add_up(jsonb, jsonb);

-- Of these records those that a rule's links lead to: one look-up for all of them.
create function formwork.led_to(rule formwork.rollups, ids uuid[]) returns uuid[]
language plpgsql stable
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  found_ids uuid[];
begin
  if rule.way = 'link' then
    execute format('select array_agg(distinct r.%1$I) from formwork.records r
      where r.tenant_id = $1 and r.%1$I = any ($2) and r.entity_type = $3', 'l' || rule.slot)
      into found_ids using rule.tenant_id, ids, rule.source_type;
  elsif rule.way = 'in' then
    found_ids := (select array_agg(distinct l.target_id) from formwork.record_links l
      where l.tenant_id = rule.tenant_id and l.target_id = any (ids) and l.entity_type = rule.source_type and l.field = rule.field);
  else
    found_ids := (select array_agg(distinct l.source_id) from formwork.record_links l
      where l.tenant_id = rule.tenant_id and l.source_id = any (ids) and l.entity_type = rule.entity_type and l.field = rule.field);
  end if;
  return found_ids;
end
$$;

-- As in 009, and: of many new records only those are computed that something leads to already. Of the others there is
-- nothing to be rolled up, and so they stand there.
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
    if task.are_new and cardinality(task.parents) > 10 then
      task.parents := led_to(rule, task.parents);
      continue when task.parents is null;
    end if;
    if task.differences is not null then
      with added as (
        update formwork.records p set data = p.data || add_up(p.data, task.differences -> p.id::text, rule.keys)
          where p.tenant_id = rule.tenant_id and p.id = any (task.parents) and p.entity_type = rule.entity_type
            and p.deleted_at is null and add_up(p.data, task.differences -> p.id::text, rule.keys) is not null
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

grant execute on function formwork.led_to(formwork.rollups, uuid[]), formwork.add_up(jsonb, jsonb, text[])
  to formwork_gateway, formwork_designer, formwork_system, formwork_writer;

reset role;
