set role formwork_owner;
drop table formwork.job_queue;
drop table formwork.jobs;
-- As in 009.
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
alter table formwork.entity_storage
  drop column conversions, drop column converted_keys, drop column strict_conversions;
reset role;
