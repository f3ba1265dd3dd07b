set role formwork_owner;

-- What the triggers of records need to know of an entity type: one row, derived from the registry, read once for
-- each written record. Arrays are indexed by slot number: text_keys[2] is the storage key that slot t2 serves.
create table formwork.entity_storage (
  tenant_id uuid not null default formwork.current_tenant_id(),
  entity_type text collate "C" not null,
  -- True for data that has every required value and no value of a wrong JSON type or form.
  shape jsonpath not null,
  -- The same, a condition for each field, to name the field that is wrong: [{"field": key, "path": jsonpath}].
  checks jsonb not null,
  text_keys text[] not null default '{}',
  -- Text slots that hold the value as it is (select, time) and not its folded prefix.
  text_exact boolean[] not null default '{}',
  number_keys text[] not null default '{}',
  time_keys text[] not null default '{}',
  -- A two-dimensional array for each unique slot: {{kind, storage key}, …} (see key_part).
  u1 text[], u2 text[], u3 text[], u4 text[],
  -- By slot number: whether nulls are equal in that key.
  nulls_equal boolean[] not null default '{}',
  link_keys text[] not null default '{}',
  link_targets text[] not null default '{}',
  -- Storage keys that are numbered on insert.
  autonumbers text[] not null default '{}',
  primary key (tenant_id, entity_type),
  foreign key (tenant_id, entity_type) references formwork.entity_types (tenant_id, storage_key) on delete cascade
);

-- What happens to records that link to a deleted one. slot is null for links to many (see record_links).
create table formwork.link_rules (
  tenant_id uuid not null default formwork.current_tenant_id(),
  entity_type text collate "C" not null,
  field text collate "C" not null,
  target text collate "C" not null,
  slot text check (slot ~ '^l[1-8]$'),
  on_delete text not null check (on_delete in ('restrict', 'cascade', 'set_null')),
  primary key (tenant_id, entity_type, field),
  foreign key (tenant_id, entity_type) references formwork.entity_types (tenant_id, storage_key) on delete cascade
);
create index on formwork.link_rules (tenant_id, target);

-- The next number of each autonumber field.
create table formwork.autonumbers (
  tenant_id uuid not null default formwork.current_tenant_id(),
  entity_type text collate "C" not null,
  field text collate "C" not null,
  next_number bigint not null default 1,
  primary key (tenant_id, entity_type, field),
  foreign key (tenant_id, entity_type) references formwork.entity_types (tenant_id, storage_key) on delete cascade
);

-- All records of all tenants. The slots (t, n, d, u, l) are search keys that the trigger copies out of data, typed
-- and leakproof to compare, because under row-level security no expression index on data would ever be used.
-- A slot in use is never null: a record without the value has a key that sorts last (U+10FFFF, NaN, infinity), so
-- that the partial index of the slot holds all records of the entity type. Unique and link slots are null then.
create table formwork.records (
  tenant_id uuid not null default formwork.current_tenant_id(),
  id uuid not null default formwork.uuidv7(),
  entity_type text collate "C" not null,
  version int not null default 1,
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  created_at timestamptz not null default now(),
  created_by text,
  updated_at timestamptz not null default now(),
  updated_by text,
  deleted_at timestamptz,
  t1 text collate "C", t2 text collate "C", t3 text collate "C", t4 text collate "C",
  t5 text collate "C", t6 text collate "C", t7 text collate "C", t8 text collate "C",
  n1 float8, n2 float8, n3 float8, n4 float8, n5 float8, n6 float8, n7 float8, n8 float8,
  d1 timestamptz, d2 timestamptz, d3 timestamptz, d4 timestamptz,
  d5 timestamptz, d6 timestamptz, d7 timestamptz, d8 timestamptz,
  u1 text collate "C", u2 text collate "C", u3 text collate "C", u4 text collate "C",
  l1 uuid, l2 uuid, l3 uuid, l4 uuid, l5 uuid, l6 uuid, l7 uuid, l8 uuid,
  primary key (tenant_id, id)
) with (fillfactor = 90, autovacuum_analyze_scale_factor = 0.02);

-- An entity type belongs to few tenants. Without knowing that, the planner multiplies the two frequencies and expects
-- 2,000 rows where there are 20,000.
create statistics formwork.records_of_tenant (dependencies) on tenant_id, entity_type from formwork.records;

create index records_by_id on formwork.records (tenant_id, entity_type, id);

do $$
declare
  slot text;
begin
  for slot in select kind || number from unnest(array['t', 'n', 'd']) kind, generate_series(1, 8) number loop
    execute format('create index records_%1$s on formwork.records (tenant_id, entity_type, %1$I, id)
      where %1$I is not null', slot);
  end loop;
  for slot in select 'u' || number from generate_series(1, 4) number loop
    execute format('create unique index records_%1$s on formwork.records (tenant_id, entity_type, %1$I)
      where %1$I is not null and deleted_at is null', slot);
  end loop;
  for slot in select 'l' || number from generate_series(1, 8) number loop
    -- The foreign key's own query knows no entity type, so that comes behind the slot.
    execute format('create index records_%1$s on formwork.records (tenant_id, %1$I, entity_type, id)
      where %1$I is not null', slot);
    execute format('alter table formwork.records add constraint records_%1$s_fkey
      foreign key (tenant_id, %1$I) references formwork.records (tenant_id, id)
      deferrable initially deferred', slot);
  end loop;
end
$$;

-- Links to many. Both ends are foreign keys. A row goes with either end, but not by `on delete cascade`: that fires
-- before the designer's policy could refuse (see apply_delete_policies).
create table formwork.record_links (
  tenant_id uuid not null default formwork.current_tenant_id(),
  entity_type text collate "C" not null,
  field text collate "C" not null,
  source_id uuid not null,
  target_id uuid not null,
  primary key (tenant_id, source_id, field, target_id),
  foreign key (tenant_id, source_id) references formwork.records (tenant_id, id) deferrable initially deferred,
  foreign key (tenant_id, target_id) references formwork.records (tenant_id, id) deferrable initially deferred
);
create index on formwork.record_links (tenant_id, target_id, entity_type, field, source_id);

do $$
declare
  name text;
begin
  foreach name in array array['entity_storage', 'link_rules', 'autonumbers', 'records', 'record_links'] loop
    execute format('alter table formwork.%I enable row level security', name);
    execute format('alter table formwork.%I force row level security', name);
    execute format('create policy tenant_isolation on formwork.%I
      using (tenant_id = formwork.current_tenant_id())
      with check (tenant_id = formwork.current_tenant_id())', name);
    execute format('grant select on formwork.%I to formwork_gateway, formwork_designer', name);
  end loop;
  foreach name in array array['entity_storage', 'link_rules', 'autonumbers'] loop
    execute format('grant insert, update, delete on formwork.%I to formwork_designer', name);
  end loop;
end
$$;
grant update (next_number) on formwork.autonumbers to formwork_gateway;
-- Slots, versions and dates are the triggers' business, so nobody may set them. (An update of updated_at asks for a
-- new version and the time of now; see fill_record.)
grant insert (tenant_id, id, entity_type, data, created_by, updated_by),
  update (data, updated_by, updated_at, deleted_at), delete on formwork.records to formwork_gateway;
-- A change of the registry fills slots by touching the rows.
grant update (data) on formwork.records to formwork_designer;
grant insert, delete on formwork.record_links to formwork_gateway;
-- A field of links that leaves the registry takes its links along: no delete policy would know of them any more.
grant delete on formwork.record_links to formwork_designer;

reset role;
