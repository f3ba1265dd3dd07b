set role formwork_owner;

drop trigger _320_finish_soft_deletes on formwork.records;
drop function formwork.finish_soft_deletes();

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

drop function formwork.postpone(formwork.link_rules, uuid[]), formwork.apply_postponed();

reset role;
