set role formwork_owner;

-- What raw SQL as the gateway's role could still bring out of step: triggers of a statement run behind its `returning`, and
-- a transaction may read what was there when it began.
-- SQLSTATE FW016: a transaction that does not read what others have committed meanwhile.

-- As current_tenant_id; null where there is none, as for an administrator, whom no policy binds.
create function formwork.tenant_id_if_set() returns uuid
language sql stable parallel safe
return nullif(current_setting('app.tenant_id', true), '')::uuid;

-- Refuses a statement by which the tenant of the transaction was changed: its triggers would look for the rules of another.
create function formwork.refuse_changed_tenant() returns void
language plpgsql
as $$
begin
  raise exception 'the tenant of the transaction was changed behind the records that it writes' using errcode = 'FW003';
end
$$;

-- What is derived of the records of others, or looked for among them, would be derived of old ones.
create function formwork.refuse_old_snapshot() returns void
language plpgsql
as $$
begin
  if current_setting('transaction_isolation') not in ('read committed', 'read uncommitted') then
    raise exception 'records are written by transactions that read what is committed, and this one is "%"',
      current_setting('transaction_isolation')
      using errcode = 'FW016', hint = 'Begin it with: begin isolation level read committed';
  end if;
end
$$;

-- As in 009, and: a difference that is none (1e38, of values that cannot be reckoned with) was added to a negative sum, and
-- what came of it looked like a number.
create or replace function formwork.add_up(data jsonb, differences jsonb) returns jsonb
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

-- As in 018.
create or replace function formwork.lock_parents(tasks formwork.rollup_task[]) returns void
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  held text := coalesce(current_setting('app.highest_lock', true), '');
  patience text := current_setting('lock_timeout');
  step record;
begin
  perform formwork.refuse_old_snapshot();
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

-- As in 009.
create or replace function formwork.roll_up_gone() returns trigger
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
  if exists (select from gone g where g.tenant_id <> formwork.tenant_id_if_set()) then
    perform formwork.refuse_changed_tenant();
  end if;
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

-- As in 009.
create or replace function formwork.roll_up_links() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.rollups;
  parents uuid[];
  sources uuid[];
  tasks formwork.rollup_task[];
begin
  if exists (select from touched t where t.tenant_id <> formwork.tenant_id_if_set()) then
    perform formwork.refuse_changed_tenant();
  end if;
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

-- As in 018.
create or replace function formwork.apply_soft_delete_policies() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
begin
  if new.tenant_id <> formwork.tenant_id_if_set() then
    perform formwork.refuse_changed_tenant();
  end if;
  perform formwork.refuse_old_snapshot();
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

-- As in 018.
create or replace function formwork.roll_up_changed() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  is_behind boolean;
  are_rolled_up boolean;
  types text[];
  rule formwork.rollups;
  parents uuid[];
  links uuid[];
  contents jsonb[];
  signs int[];
  task formwork.rollup_task;
  tasks formwork.rollup_task[];
begin
  select exists (select from after a where a.tenant_id <> formwork.tenant_id_if_set()), exists (select from formwork.rollups)
    into is_behind, are_rolled_up;
  if is_behind then
    perform formwork.refuse_changed_tenant();
  end if;
  -- Most tenants that have none are through with it here.
  if not are_rolled_up then
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

grant execute on function formwork.tenant_id_if_set(), formwork.refuse_changed_tenant(), formwork.refuse_old_snapshot()
  to formwork_gateway, formwork_designer, formwork_system, formwork_writer;

reset role;
