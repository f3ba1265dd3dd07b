set role formwork_owner;
drop trigger _310_soft_delete_policies on formwork.records;
drop function formwork.apply_soft_delete_policies();
create or replace function formwork.apply_delete_policies() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
  gone uuid[];
  blockers jsonb;
  touched bigint;
  most bigint := coalesce(nullif(current_setting('app.delete_limit', true), '')::bigint, 10000);
begin
  delete from formwork.record_links l using deleted d where l.tenant_id = d.tenant_id and l.source_id = d.id;
  for rule in
    select r.* from formwork.link_rules r
    where (r.tenant_id, r.target) in (select distinct d.tenant_id, d.entity_type from deleted d)
    order by r.on_delete, r.entity_type, r.field -- cascade, restrict, set_null: what a cascade takes blocks nothing
  loop
    gone := array(select d.id from deleted d where d.tenant_id = rule.tenant_id and d.entity_type = rule.target);
    touched := 0;
    blockers := null;
    if rule.on_delete = 'restrict' then
      if rule.slot is null then
        select jsonb_agg(jsonb_build_object('entity', rule.entity_type, 'id', b.source_id)) into blockers
        from (select l.source_id from formwork.record_links l
          where l.tenant_id = rule.tenant_id and l.entity_type = rule.entity_type and l.field = rule.field
            and l.target_id = any (gone) limit 5) b;
      else
        execute format('select jsonb_agg(jsonb_build_object(''entity'', $1, ''id'', b.id))
          from (select r.id from formwork.records r where r.tenant_id = $2 and r.%1$I = any ($3)
            and r.entity_type = $1 and r.deleted_at is null limit 5) b', rule.slot)
          using rule.entity_type, rule.tenant_id, gone into blockers;
      end if;
      if blockers is not null then
        raise exception 'records of "%" still link here', rule.entity_type
          using errcode = 'FW012', detail = jsonb_build_object('entity', rule.target, 'by', rule.entity_type,
            'field', rule.field, 'records', blockers)::text;
      end if;
    elsif rule.slot is null then
      delete from formwork.record_links l
        where l.tenant_id = rule.tenant_id and l.entity_type = rule.entity_type and l.field = rule.field
          and l.target_id = any (gone);
    elsif rule.on_delete = 'cascade' then
      execute format('delete from formwork.records r
        where r.tenant_id = $1 and r.%1$I = any ($2) and r.entity_type = $3', rule.slot)
        using rule.tenant_id, gone, rule.entity_type;
      get diagnostics touched = row_count;
    else
      execute format('update formwork.records r set data = r.data - $4
        where r.tenant_id = $1 and r.%1$I = any ($2) and r.entity_type = $3', rule.slot)
        using rule.tenant_id, gone, rule.entity_type, rule.field;
      get diagnostics touched = row_count;
    end if;
    if touched > most then
      raise exception 'the deletion touches % records of "%"; at most % are allowed', touched, rule.entity_type, most
        using errcode = 'FW013', detail = jsonb_build_object('entity', rule.entity_type, 'touched', touched,
          'limit', most)::text;
    end if;
  end loop;
  return null;
end
$$;

create or replace function formwork.fill_record() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  s formwork.entity_storage;
  field text;
begin
  if tg_op = 'UPDATE' then
    if (new.tenant_id, new.id, new.entity_type) is distinct from (old.tenant_id, old.id, old.entity_type) then
      raise exception 'tenant_id, id and entity_type of a record never change' using errcode = 'FW004';
    end if;
    -- A registry change touches records to fill their slots: that is no new version of them. Whoever changes a
    -- record's links to many, which are not in data, says so by updated_at.
    if new.data <> old.data or new.deleted_at is distinct from old.deleted_at or new.updated_at <> old.updated_at then
      new.version := old.version + 1;
      new.updated_at := now();
    end if;
  end if;

  select * into s from formwork.entity_storage
    where tenant_id = new.tenant_id and entity_type = new.entity_type;
  if not found then
    raise exception 'there is no entity type "%"', new.entity_type using errcode = 'FW003';
  end if;

  foreach field in array s.autonumbers loop
    if tg_op = 'UPDATE' and old.data ? field then
      new.data := new.data || jsonb_build_object(field, old.data -> field);
    else
      new.data := new.data || jsonb_build_object(field, next_number(new.entity_type, field));
    end if;
  end loop;

  if not coalesce(new.data @@ s.shape, false) then
    perform formwork.refuse_shape(new.entity_type, new.data, s.checks);
  end if;

  -- Straight assignments: a loop over a map took three times as long.
  new.t1 := case when s.text_keys[1] is null then null
    when new.data ->> s.text_keys[1] is null then text_null()
    when s.text_exact[1] then new.data ->> s.text_keys[1] else text_key(new.data ->> s.text_keys[1]) end;
  new.t2 := case when s.text_keys[2] is null then null
    when new.data ->> s.text_keys[2] is null then text_null()
    when s.text_exact[2] then new.data ->> s.text_keys[2] else text_key(new.data ->> s.text_keys[2]) end;
  new.t3 := case when s.text_keys[3] is null then null
    when new.data ->> s.text_keys[3] is null then text_null()
    when s.text_exact[3] then new.data ->> s.text_keys[3] else text_key(new.data ->> s.text_keys[3]) end;
  new.t4 := case when s.text_keys[4] is null then null
    when new.data ->> s.text_keys[4] is null then text_null()
    when s.text_exact[4] then new.data ->> s.text_keys[4] else text_key(new.data ->> s.text_keys[4]) end;
  new.t5 := case when s.text_keys[5] is null then null
    when new.data ->> s.text_keys[5] is null then text_null()
    when s.text_exact[5] then new.data ->> s.text_keys[5] else text_key(new.data ->> s.text_keys[5]) end;
  new.t6 := case when s.text_keys[6] is null then null
    when new.data ->> s.text_keys[6] is null then text_null()
    when s.text_exact[6] then new.data ->> s.text_keys[6] else text_key(new.data ->> s.text_keys[6]) end;
  new.t7 := case when s.text_keys[7] is null then null
    when new.data ->> s.text_keys[7] is null then text_null()
    when s.text_exact[7] then new.data ->> s.text_keys[7] else text_key(new.data ->> s.text_keys[7]) end;
  new.t8 := case when s.text_keys[8] is null then null
    when new.data ->> s.text_keys[8] is null then text_null()
    when s.text_exact[8] then new.data ->> s.text_keys[8] else text_key(new.data ->> s.text_keys[8]) end;
  new.n1 := case when s.number_keys[1] is null then null else number_key(new.data -> s.number_keys[1]) end;
  new.n2 := case when s.number_keys[2] is null then null else number_key(new.data -> s.number_keys[2]) end;
  new.n3 := case when s.number_keys[3] is null then null else number_key(new.data -> s.number_keys[3]) end;
  new.n4 := case when s.number_keys[4] is null then null else number_key(new.data -> s.number_keys[4]) end;
  new.n5 := case when s.number_keys[5] is null then null else number_key(new.data -> s.number_keys[5]) end;
  new.n6 := case when s.number_keys[6] is null then null else number_key(new.data -> s.number_keys[6]) end;
  new.n7 := case when s.number_keys[7] is null then null else number_key(new.data -> s.number_keys[7]) end;
  new.n8 := case when s.number_keys[8] is null then null else number_key(new.data -> s.number_keys[8]) end;
  new.d1 := case when s.time_keys[1] is null then null else time_key(new.data ->> s.time_keys[1]) end;
  new.d2 := case when s.time_keys[2] is null then null else time_key(new.data ->> s.time_keys[2]) end;
  new.d3 := case when s.time_keys[3] is null then null else time_key(new.data ->> s.time_keys[3]) end;
  new.d4 := case when s.time_keys[4] is null then null else time_key(new.data ->> s.time_keys[4]) end;
  new.d5 := case when s.time_keys[5] is null then null else time_key(new.data ->> s.time_keys[5]) end;
  new.d6 := case when s.time_keys[6] is null then null else time_key(new.data ->> s.time_keys[6]) end;
  new.d7 := case when s.time_keys[7] is null then null else time_key(new.data ->> s.time_keys[7]) end;
  new.d8 := case when s.time_keys[8] is null then null else time_key(new.data ->> s.time_keys[8]) end;
  new.u1 := case when s.u1 is null then null else unique_slot(new.data, s.u1, s.nulls_equal[1]) end;
  new.u2 := case when s.u2 is null then null else unique_slot(new.data, s.u2, s.nulls_equal[2]) end;
  new.u3 := case when s.u3 is null then null else unique_slot(new.data, s.u3, s.nulls_equal[3]) end;
  new.u4 := case when s.u4 is null then null else unique_slot(new.data, s.u4, s.nulls_equal[4]) end;
  new.l1 := case when s.link_keys[1] is null then null else (new.data ->> s.link_keys[1])::uuid end;
  new.l2 := case when s.link_keys[2] is null then null else (new.data ->> s.link_keys[2])::uuid end;
  new.l3 := case when s.link_keys[3] is null then null else (new.data ->> s.link_keys[3])::uuid end;
  new.l4 := case when s.link_keys[4] is null then null else (new.data ->> s.link_keys[4])::uuid end;
  new.l5 := case when s.link_keys[5] is null then null else (new.data ->> s.link_keys[5])::uuid end;
  new.l6 := case when s.link_keys[6] is null then null else (new.data ->> s.link_keys[6])::uuid end;
  new.l7 := case when s.link_keys[7] is null then null else (new.data ->> s.link_keys[7])::uuid end;
  new.l8 := case when s.link_keys[8] is null then null else (new.data ->> s.link_keys[8])::uuid end;

  return new;
end
$$;

drop function formwork.apply_link_policy(formwork.link_rules, uuid[]);
drop function formwork.no_slots();
drop function formwork.check_transitions(text, jsonb, jsonb, jsonb);
alter table formwork.entity_storage reset (toast_tuple_target);
alter table formwork.entity_storage alter column shape set storage extended;
alter table formwork.entity_storage drop column soft_delete, drop column transitions;
reset role;
