set role formwork_owner;

-- SQLSTATEs of our own, class FW. detail is JSON for the gateway, which words the message for the client.
--   FW001 registry version moved      FW010 value missing, of a wrong type or form
--   FW002 no such tenant              FW011 link to a record of another entity type, or to a deleted one
--   FW003 no such entity type         FW012 deletion restricted
--   FW004 immutable column            FW013 more records than one deletion may touch

-- Names the fields that are wrong. Called only when the shape as a whole did not fit.
create function formwork.refuse_shape(record_type text, data jsonb, checks jsonb) returns void
language plpgsql stable
as $$
begin
  raise exception 'a value of "%" is missing or of a wrong type', record_type
    using errcode = 'FW010', detail = jsonb_build_object('entity', record_type, 'fields', (
      select jsonb_agg(c ->> 'field')
      from jsonb_array_elements(checks) c
      where not coalesce(data @@ (c ->> 'path')::jsonpath, false)))::text;
end
$$;

create function formwork.unique_slot(data jsonb, parts text[], nulls_equal boolean) returns text
language plpgsql immutable
as $$
declare
  part text[];
  value text;
  key_values text[] := '{}';
begin
  if parts is null then
    return null;
  end if;
  foreach part slice 1 in array parts loop
    value := formwork.key_part(part[1], data -> part[2]);
    if value is null and not nulls_equal then
      return null;
    end if;
    key_values := key_values || value;
  end loop;
  return formwork.unique_key(key_values);
end
$$;

-- The next number of an autonumber field. The counter's row is locked until the transaction ends, so nobody gets a
-- number twice; a bulk insert says in app.number_block how many it will need and draws them at once. (Each by itself
-- left a dead row a number: 4,000 records took 5.1 s with a number and 1.8 s without.) What is drawn and not used is
-- a gap; no promise is made against gaps.
create function formwork.next_number(record_type text, numbered_field text) returns bigint
language plpgsql volatile
as $$
declare
  counter text := record_type || ' ' || numbered_field;
  drawn jsonb := coalesce(nullif(current_setting('app.drawn_numbers', true), ''), '{}')::jsonb;
  number bigint := drawn -> counter -> 0;
  last_drawn bigint := drawn -> counter -> 1;
  block bigint := coalesce(nullif(current_setting('app.number_block', true), '')::bigint, 1);
begin
  if number is null or number > last_drawn then
    update formwork.autonumbers a set next_number = a.next_number + block
      where a.tenant_id = formwork.current_tenant_id() and a.entity_type = record_type and a.field = numbered_field
      returning a.next_number - block, a.next_number - 1 into number, last_drawn;
  end if;
  if last_drawn > number or drawn ? counter then
    drawn := drawn || jsonb_build_object(counter, jsonb_build_array(number + 1, last_drawn));
    perform set_config('app.drawn_numbers', drawn::text, true);
  end if;
  return number;
end
$$;

-- Before insert and update: checks the shape, numbers, and copies search keys into the slots.
create function formwork.fill_record() returns trigger
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

create trigger _100_fill_record before insert or update on formwork.records
  for each row execute function formwork.fill_record();

-- At commit: every link leads to a living record of the right entity type. That it exists in this tenant, and stays
-- until this transaction has ended, is the foreign key's doing: its check has locked it already ("RI_…" comes first).
-- One look-up a link; one statement over all of them took three times as long.
create function formwork.check_link_targets() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  ids uuid[] := array[new.l1, new.l2, new.l3, new.l4, new.l5, new.l6, new.l7, new.l8];
  keys text[];
  targets text[];
  found_type text;
  is_deleted boolean;
begin
  select s.link_keys, s.link_targets into keys, targets from formwork.entity_storage s
    where s.tenant_id = new.tenant_id and s.entity_type = new.entity_type;
  for number in 1..8 loop
    continue when ids[number] is null;
    select r.entity_type, r.deleted_at is not null into found_type, is_deleted from formwork.records r
      where r.tenant_id = new.tenant_id and r.id = ids[number];
    if found_type is distinct from targets[number] or is_deleted then
      -- What counts is the record as it is now: the operation may have changed or deleted it since.
      perform from formwork.records me
        where me.tenant_id = new.tenant_id and me.id = new.id and me.entity_type = new.entity_type
          and ids[number] = (array[me.l1, me.l2, me.l3, me.l4, me.l5, me.l6, me.l7, me.l8])[number];
      if found then
        raise exception 'link "%" of "%" must lead to a record of "%"', keys[number], new.entity_type, targets[number]
          using errcode = 'FW011', detail = jsonb_build_object('entity', new.entity_type, 'field', keys[number],
            'target', targets[number], 'id', ids[number])::text;
      end if;
    end if;
  end loop;
  return null;
end
$$;

create constraint trigger _500_link_targets_of_new after insert on formwork.records
  deferrable initially deferred for each row
  when (coalesce(new.l1, new.l2, new.l3, new.l4, new.l5, new.l6, new.l7, new.l8) is not null)
  execute function formwork.check_link_targets();

create constraint trigger _500_link_targets_of_changed after update on formwork.records
  deferrable initially deferred for each row
  when ((new.l1, new.l2, new.l3, new.l4, new.l5, new.l6, new.l7, new.l8)
    is distinct from (old.l1, old.l2, old.l3, old.l4, old.l5, old.l6, old.l7, old.l8))
  execute function formwork.check_link_targets();

-- The same for links to many, both ends.
create function formwork.check_record_link() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  rule formwork.link_rules;
begin
  perform from formwork.record_links l
    where (l.tenant_id, l.source_id, l.field, l.target_id) = (new.tenant_id, new.source_id, new.field, new.target_id);
  if not found then
    return null; -- taken away again in the same transaction
  end if;
  select * into rule from formwork.link_rules
    where tenant_id = new.tenant_id and entity_type = new.entity_type and field = new.field and slot is null;
  if not found then
    raise exception '"%" of "%" is not a field of links', new.field, new.entity_type using errcode = 'FW003';
  end if;
  perform from formwork.records r
    where r.tenant_id = new.tenant_id and r.id = new.source_id and r.entity_type = rule.entity_type
    for key share;
  if found then
    perform from formwork.records r
      where r.tenant_id = new.tenant_id and r.id = new.target_id and r.entity_type = rule.target
        and r.deleted_at is null
      for key share;
  end if;
  if not found then
    raise exception 'link "%" of "%" must lead to a record of "%"', new.field, new.entity_type, rule.target
      using errcode = 'FW011', detail = jsonb_build_object('entity', new.entity_type, 'field', new.field,
        'target', rule.target, 'id', new.target_id)::text;
  end if;
  return null;
end
$$;

create constraint trigger _500_record_link after insert or update on formwork.record_links
  deferrable initially deferred for each row execute function formwork.check_record_link();

-- After a delete: the designer's policy for every link that led to the deleted records, one statement for each
-- link. (As a before trigger it would overflow the stack on a cycle; the deferred foreign keys are the wall behind.)
create function formwork.apply_delete_policies() returns trigger
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

create trigger _300_delete_policies after delete on formwork.records
  referencing old table as deleted
  for each statement execute function formwork.apply_delete_policies();

grant execute on function formwork.refuse_shape(text, jsonb, jsonb), formwork.next_number(text, text),
  formwork.unique_slot(jsonb, text[], boolean) to formwork_gateway, formwork_designer;

reset role;
