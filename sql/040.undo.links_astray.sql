set role formwork_owner;

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
    if not found then
      raise exception 'there is no entity type "%"', record_type using errcode = 'FW003';
    end if;
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
      select k.tenant_id, k.entity_type, s.link_top, s.link_targets, s.is_rolled_up
      from (select distinct a.tenant_id, a.entity_type from added a) k
      left join formwork.entity_storage s on s.tenant_id = any (array[k.tenant_id]) and s.entity_type = k.entity_type
    loop
      if kind.link_top is null then
        raise exception 'there is no entity type "%"', kind.entity_type using errcode = 'FW003';
      end if;
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

reset role;
