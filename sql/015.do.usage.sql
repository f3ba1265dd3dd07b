set role formwork_owner;

-- Who used what of a design lately: which operation of which client, which field (or, where field is empty, the entity
-- type itself), by which of its names. A name is empty where nobody wrote one: a row rule, a formula, a rollup, a lookup
-- used the field, or a link led to it. Gateways count in memory and add up here every few seconds.
create table formwork.usage (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  -- Storage keys, so that a rename leaves the past where it is. No foreign key: a removed field keeps its past.
  entity_type text collate "C" not null check (length(entity_type) <= 63),
  field text collate "C" not null check (length(field) <= 63),
  -- The key that the name in the API came from: "rent", "monthly_rent".
  name text collate "C" not null check (length(name) <= 53),
  client text collate "C" not null check (length(client) <= 100),
  client_version text collate "C" not null check (length(client_version) <= 100),
  operation text collate "C" not null check (length(operation) <= 100),
  -- How: selection, filter, order, input, key, rule, formula …
  ways text[] not null,
  uses bigint not null check (uses > 0),
  last_used_at timestamptz not null,
  primary key (tenant_id, entity_type, field, name, client, client_version, operation)
);
alter table formwork.usage enable row level security;
alter table formwork.usage force row level security;
create policy tenant_isolation on formwork.usage
  using (tenant_id = formwork.current_tenant_id())
  with check (tenant_id = formwork.current_tenant_id());
grant select, insert, update, delete on formwork.usage to formwork_designer;

-- Control table: gateways that are alive, and how far each has told of what it counted. Whoever takes a name away
-- draws a number, and waits until every gateway that is alive has told of all that was counted before that number.
create table formwork.gateways (
  id uuid primary key,
  started_at timestamptz not null default now(),
  seen_at timestamptz not null default now(),
  told bigint not null
);
grant select, insert, update, delete on formwork.gateways to formwork_designer;
create sequence formwork.usage_questions;
-- So that no number is the last before it was drawn.
select nextval('formwork.usage_questions');
grant select, usage on sequence formwork.usage_questions to formwork_designer;

reset role;
