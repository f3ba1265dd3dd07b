set role formwork_owner;

drop trigger _050_identity on formwork.records;
drop function formwork.refuse_other_identity();

do $generate$
declare
  body text := $body$
declare
  plan formwork.fill_plan;
  s formwork.entity_storage;
  is_change boolean := tg_op = 'UPDATE';
  is_touch boolean := false;
  data jsonb := new.data;
  field text;
  value text;
  part jsonb;
  moment timestamp;
  are_moments boolean := true;
  are_links boolean := true;
  texts text[];
  computed jsonb;
begin
  if is_change and (new.id <> old.id or new.tenant_id <> old.tenant_id or new.entity_type <> old.entity_type) then
    raise exception 'tenant_id, id and entity_type of a record never change' using errcode = 'FW004';
  end if;
  -- `any`: beside the policy's own condition an equation makes one more node of the plan, a third of the look-up.
  plan := (select e.fill_plan from formwork.entity_storage e
    where e.tenant_id = any (array[new.tenant_id]) and e.entity_type = new.entity_type);
  if plan.is_plain is null and (not is_change or new.deleted_at is null) then
    raise exception 'there is no entity type "%"', new.entity_type using errcode = 'FW003';
  end if;

  if not plan.is_plain then
    select * into s from formwork.entity_storage
      where tenant_id = any (array[new.tenant_id]) and entity_type = new.entity_type;
    if s.is_rolled_up then
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
  end if;

  if is_change then
    is_touch := data = old.data;
    -- A registry change touches records to fill their slots, and what is computed follows from other values: that is
    -- no new version of them. Whoever changes a record's links to many, which are not in data, says so by updated_at.
    if new.deleted_at is distinct from old.deleted_at or new.updated_at <> old.updated_at
      or not is_touch and (s.formulas is null and s.is_rolled_up is not true
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
      new.words := null;
      new := jsonb_populate_record(new, no_slots());
      return new;
    end if;
    -- A slot that nobody has any more is emptied.
    if is_touch or num_nonnulls(new.t1, new.t2, new.t3, new.t4, new.t5, new.t6, new.t7, new.t8,
      new.n1, new.n2, new.n3, new.n4, new.n5, new.n6, new.n7, new.n8,
      new.d1, new.d2, new.d3, new.d4, new.d5, new.d6, new.d7, new.d8,
      new.l1, new.l2, new.l3, new.l4, new.l5, new.l6, new.l7, new.l8,
      new.u1, new.u2, new.u3, new.u4) > plan.slot_count
    then
      new := jsonb_populate_record(new, no_slots());
    end if;
  end if;

  if not plan.is_plain then
    foreach field in array s.autonumbers loop
      if is_change and old.data ? field then
        data := data || jsonb_build_object(field, old.data -> field);
      else
        data := data || jsonb_build_object(field, next_number(new.entity_type, field));
      end if;
    end loop;
    if s.conversions is not null then
      -- Before the formulas, which read what comes of it. A record that was deleted and kept is as it was then: the other
      -- types of its values are made anew.
      execute 'select formwork_views.' || s.conversions || '($1, $2, $3)' into data using data,
        case when not is_change then '{}' when old.deleted_at is not null then data - s.converted_keys else old.data end,
        s.strict_conversions;
    end if;
    if s.formulas is not null then
      execute 'select formwork_views.' || s.formulas || '($1)' into computed using data - s.formula_keys;
      data := (data - s.formula_keys) || computed;
    end if;
  end if;

  if (data @@ plan.quick_shape) is not true then
    perform formwork.refuse_misfit(new.tenant_id, new.entity_type, data, false);
  end if;
  if not plan.is_plain and s.transitions is not null then
    for field in select jsonb_object_keys(s.transitions) loop
      if not is_change or data ->> field is distinct from old.data ->> field then
        perform formwork.check_transitions(new.entity_type, old.data, data, s.transitions);
        exit;
      end if;
    end loop;
  end if;
  new.data := data;

@slots@
  if not (are_moments and are_links) then
    perform formwork.refuse_misfit(new.tenant_id, new.entity_type, data, not are_links);
  end if;
  if plan.unique_top > 0 then
    value := (data -> plan.exact_u1)::text;
    if value like '"%' and octet_length(value) <= 198 then
      new.u1 := '[' || value || ']';
    else
      new.u1 := unique_slot(data, plan.u1, plan.nulls_equal[1]);
    end if;
    if plan.unique_top > 1 then
      new.u2 := unique_slot(data, plan.u2, plan.nulls_equal[2]);
      new.u3 := unique_slot(data, plan.u3, plan.nulls_equal[3]);
      new.u4 := unique_slot(data, plan.u4, plan.nulls_equal[4]);
    end if;
  end if;

  if plan.search_keys is not null then
    -- A change that leaves what is searchable as it is leaves the words.
    if is_change and not is_touch and new.words is not null then
      foreach field in array plan.search_keys loop
        exit when is_touch;
        is_touch := data ->> field is distinct from old.data ->> field;
      end loop;
    else
      is_touch := true;
    end if;
    if is_touch then
      foreach field in array plan.search_keys loop
        texts := texts || (data ->> field);
      end loop;
      new.words := search_vector(plan.search_prefix, texts);
    end if;
  elsif new.words is not null then
    new.words := null;
  end if;
  return new;
end
$body$;
  -- By kind: how a slot in use is filled.
  text_slot text := $slot$
      value := data ->> plan.t{n};
      if value is null then
        new.t{n} := text_null();
      elsif plan.exact_t{n} then
        new.t{n} := value;
      else
        new.t{n} := text_key(value);
      end if;$slot$;
  number_slot text := $slot$
      part := data -> plan.n{n};
      if jsonb_typeof(part) = 'number' then
        new.n{n} := part::float8;
      else
        new.n{n} := number_key(part);
      end if;$slot$;
  time_slot text := $slot$
      value := data ->> plan.d{n};
      if value is null then
        new.d{n} := 'infinity';
      else
        -- What cannot be read as a moment has to be refused before it is tried.
        if value like '%-00%' or value not like '____-__-__%'
          or ltrim(convert_to(value, 'UTF8'), '0123456789-T:.Z') <> ''
        then
          perform formwork.refuse_misfit(new.tenant_id, new.entity_type, data, false);
        end if;
        moment := value::timestamp;
        new.d{n} := moment at time zone 'UTC';
        -- As Postgres itself would write it? So it stands there, or it has not the form.
        if value like '%Z' then
          are_moments := are_moments and to_json(moment)::text = '"' || left(value, -1) || '"';
        else
          are_moments := are_moments and to_json(moment)::text = '"' || value || 'T00:00:00"';
        end if;
      end if;$slot$;
  link_slot text := $slot$
      value := data ->> plan.l{n};
      if value is null then
        new.l{n} := null;
        are_links := are_links and not data ? plan.l{n};
      elsif value like '________-____-____-____-____________' and value not like '%-%-%-%-%-%'
        and ltrim(convert_to(value, 'UTF8'), '0123456789abcdef-') = ''
      then
        new.l{n} := value::uuid;
      else
        new.l{n} := null;
        are_links := false;
      end if;$slot$;
  slots text := '';
  kind record;
  nested text;
begin
  for kind in
    select * from (values
      (1, 't', 'text', text_slot), (2, 'n', 'number', number_slot), (3, 'd', 'time', time_slot), (4, 'l', 'link', link_slot)
    ) as kinds (place, letter, name, slot) order by place
  loop
    nested := '';
    for number in reverse 8..1 loop
      nested := replace(replace(replace($nest$
  if plan.{letter}{n} is not null then$nest$ || kind.slot || $nest$
  elsif is_change then
    new.{letter}{n} := null;
  end if;$nest$, '{name}', kind.name), '{letter}', kind.letter), '{n}', number::text)
        || case when number < 8 then format(E'\n  if plan.%s_top > %s then', kind.name, number) || nested || E'\n  end if;' else '' end;
    end loop;
    slots := slots || nested;
  end loop;
  execute 'create or replace function formwork.fill_record() returns trigger language plpgsql
    set search_path = formwork, pg_catalog, pg_temp as ' || quote_literal(replace(body, '@slots@', slots));
end
$generate$;

drop trigger _100_fill_new on formwork.records;
create trigger _100_fill_new before insert on formwork.records
  for each row when (current_user <> 'formwork_writer') execute function formwork.fill_record();

drop trigger _310_soft_delete_policies on formwork.records;
create trigger _310_soft_delete_policies after update on formwork.records
  for each row when (old.deleted_at is null and new.deleted_at is not null)
  execute function formwork.apply_soft_delete_policies();

drop trigger _500_link_targets_of_changed on formwork.records;
create constraint trigger _500_link_targets_of_changed after update on formwork.records
  deferrable initially deferred for each row
  when ((new.l1, new.l2, new.l3, new.l4, new.l5, new.l6, new.l7, new.l8)
      is distinct from (old.l1, old.l2, old.l3, old.l4, old.l5, old.l6, old.l7, old.l8)
    or current_setting('app.look_again', true) = 'yes')
  execute function formwork.check_link_targets();

reset role;
