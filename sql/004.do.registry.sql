set role formwork_owner;

-- The menu a designer chooses from.
create table formwork.field_types (
  type text primary key
);
insert into formwork.field_types (type) values
  ('text'), ('long_text'), ('email'), ('url'), ('phone'), ('integer'), ('number'), ('decimal'), ('currency'),
  ('percent'), ('rating'), ('boolean'), ('date'), ('datetime'), ('time'), ('duration'), ('select'),
  ('multi_select'), ('json'), ('autonumber'), ('link'), ('links'), ('rollup'), ('lookup'), ('formula');
grant select on formwork.field_types to formwork_gateway, formwork_designer;

-- An entity type. storage_key is what records carry and never changes; key is the name of today.
create table formwork.entity_types (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  storage_key text collate "C" not null check (storage_key ~ '^[a-z][a-z0-9_]*$' and length(storage_key) <= 63),
  key text collate "C" not null check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 50),
  plural text collate "C" not null check (plural ~ '^[a-z][a-z0-9_]*$' and length(plural) <= 53),
  label text not null check (length(label) <= 200),
  description text not null default '' check (length(description) <= 5000),
  position int not null,
  -- soft delete, searchable fields, …: what needs no column of its own. Checked by the room registry.
  options jsonb not null default '{}',
  -- The generated view that serves this entity type; its name is derived from its content.
  view_name text collate "C" not null check (view_name ~ '^[a-z][a-z0-9_]*$'),
  primary key (tenant_id, storage_key),
  unique (tenant_id, key) deferrable initially deferred,
  unique (tenant_id, plural) deferrable initially deferred
);

create table formwork.fields (
  tenant_id uuid not null default formwork.current_tenant_id(),
  entity_type text collate "C" not null,
  -- The name of the value inside records.data; never changes, never used again for something else.
  storage_key text collate "C" not null check (storage_key ~ '^[a-z][a-z0-9_]*$' and length(storage_key) <= 58),
  key text collate "C" not null check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 50),
  label text not null check (length(label) <= 200),
  description text not null default '' check (length(description) <= 5000),
  type text not null references formwork.field_types (type),
  required boolean not null default false,
  is_unique boolean not null default false,
  indexed boolean not null default false,
  default_value jsonb,
  options jsonb not null default '{}',
  position int not null,
  -- The typed, indexed column of records that carries this field's search key.
  slot text check (slot ~ '^[tndl][1-8]$'),
  slot_state text not null default 'ready' check (slot_state in ('filling', 'ready')),
  primary key (tenant_id, entity_type, storage_key),
  unique (tenant_id, entity_type, key) deferrable initially deferred,
  unique (tenant_id, entity_type, slot) deferrable initially deferred,
  foreign key (tenant_id, entity_type) references formwork.entity_types (tenant_id, storage_key) on delete cascade
);

-- Unique keys, single and composite; a field marked unique is a key of one field with the field's key as name.
create table formwork.unique_keys (
  tenant_id uuid not null default formwork.current_tenant_id(),
  entity_type text collate "C" not null,
  key text collate "C" not null check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 50),
  -- Storage keys, in order.
  fields text[] not null check (cardinality(fields) between 1 and 8),
  options jsonb not null default '{}',
  slot text not null check (slot ~ '^u[1-4]$'),
  slot_state text not null default 'ready' check (slot_state in ('filling', 'ready')),
  position int not null,
  primary key (tenant_id, entity_type, key),
  unique (tenant_id, entity_type, slot) deferrable initially deferred,
  foreign key (tenant_id, entity_type) references formwork.entity_types (tenant_id, storage_key) on delete cascade
);

-- Every version that was ever applied: who, when, and the whole design as a document.
create table formwork.registry_versions (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  version int not null check (version > 0),
  document jsonb not null,
  -- Storage keys that were ever in use, so that none is used twice.
  changes jsonb not null default '[]',
  applied_by text not null check (length(applied_by) <= 200),
  applied_at timestamptz not null default now(),
  primary key (tenant_id, version)
);

do $$
declare
  name text;
begin
  foreach name in array array['entity_types', 'fields', 'unique_keys', 'registry_versions'] loop
    execute format('alter table formwork.%I enable row level security', name);
    execute format('alter table formwork.%I force row level security', name);
    execute format('create policy tenant_isolation on formwork.%I
      using (tenant_id = formwork.current_tenant_id())
      with check (tenant_id = formwork.current_tenant_id())', name);
    execute format('grant select on formwork.%I to formwork_gateway', name);
    execute format('grant select, insert, update, delete on formwork.%I to formwork_designer', name);
  end loop;
end
$$;
revoke update, delete on formwork.registry_versions from formwork_designer;

-- Which generated view which tenant's registry uses. Control table: the sweep that drops unused views must see
-- all tenants, and a view's name says nothing about a customer.
create table formwork.view_uses (
  view_name text collate "C" not null,
  tenant uuid not null references formwork.tenants (id) on delete cascade,
  -- When the tenant's registry moved on to another view; null while this one is in use. Requests in flight finish on
  -- the old view, so the sweep leaves it a while.
  released_at timestamptz,
  primary key (view_name, tenant)
);
create index on formwork.view_uses (tenant);
grant select, insert, update, delete on formwork.view_uses to formwork_designer;

reset role;
