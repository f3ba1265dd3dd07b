set role formwork_owner;

-- What is about to be taken away from clients: a field, an entity type (field is empty), or one name of either. Whoever takes
-- it away marks it first, and decides later. A mark raises access_version, which comes back with every batch: no
-- request that begins after the mark misses it, and each notes its use of what is marked before it answers.
create table formwork.closings (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  id uuid not null default formwork.uuidv7(),
  -- One of several marks that are decided together.
  contract uuid not null,
  -- As in usage: storage keys, and the key of a name; null: by whatever name.
  entity_type text collate "C" not null,
  field text collate "C" not null,
  name text collate "C",
  -- Whoever has not decided by then never will.
  until timestamptz not null,
  primary key (tenant_id, id)
);
alter table formwork.closings enable row level security;
alter table formwork.closings force row level security;
create policy tenant_isolation on formwork.closings
  using (tenant_id = formwork.current_tenant_id())
  with check (tenant_id = formwork.current_tenant_id());
-- The gateway reads them with the key of whoever asks.
grant select on formwork.closings to formwork_gateway, formwork_system;
grant select, insert, update, delete on formwork.closings to formwork_designer;

-- When the last mark of the tenant ends by itself, for whoever clears away what was left behind: of what is marked it says nothing.
alter table formwork.tenants add column closing_until timestamptz;
create index on formwork.tenants (closing_until) where closing_until is not null;

-- Names that clients could once write and cannot any more, so that whoever still does is told what to write instead.
create table formwork.former_names (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  -- Storage keys; of an entity type itself, field is empty.
  entity_type text collate "C" not null,
  field text collate "C" not null,
  -- The key that the name in the API came from, and the plural of an entity type.
  name text collate "C" not null,
  plural text collate "C",
  -- Storage key of what to use instead: itself where it was renamed, else a field of the same entity type, or an entity type.
  successor text collate "C" not null,
  version int not null,
  primary key (tenant_id, entity_type, field, name)
);
alter table formwork.former_names enable row level security;
alter table formwork.former_names force row level security;
create policy tenant_isolation on formwork.former_names
  using (tenant_id = formwork.current_tenant_id())
  with check (tenant_id = formwork.current_tenant_id());
grant select on formwork.former_names to formwork_gateway, formwork_system;
grant select, insert, update on formwork.former_names to formwork_designer;

-- fill: fills slots and keys of an entity, where that were too many records for one change.
alter table formwork.jobs drop constraint jobs_kind_check;
alter table formwork.jobs add constraint jobs_kind_check check (kind in ('retype', 'fill', 'tidy'));
-- The last record that was there when the job began. What comes later is filled as it comes: a job that went after it would
-- not end while it is written faster than the job works.
alter table formwork.jobs add column last_record uuid;

reset role;
