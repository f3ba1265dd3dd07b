set role formwork_owner;

-- Control table: who the tenants are and which registry each runs on. No customer data, so no policy.
create table formwork.tenants (
  id uuid primary key default formwork.uuidv7(),
  -- Short number: stands for the tenant inside search lexemes.
  number int generated always as identity unique,
  -- In an API key the slug stands between underscores, so it has none itself.
  slug text collate "C" not null unique check (slug ~ '^[a-z][a-z0-9-]{0,49}$'),
  name text not null check (length(name) <= 200),
  -- Raised by every applied change; a request proves the version it was planned for (see 006).
  registry_version int not null default 0,
  -- Raised when a key is made or revoked: comes back with every batch, so that no gateway trusts an old key.
  access_version int not null default 0,
  -- What the GraphQL schema and the compiled SQL of this version depend on; null before the first registry.
  api_shape text,
  plan_shape text,
  created_at timestamptz not null default now()
);
grant select on formwork.tenants to formwork_gateway;
grant select, insert, update on formwork.tenants to formwork_designer;

-- Settings of the installation that the operator did not give, such as a generated secret. Owner only.
create table formwork.settings (
  name text primary key,
  value text not null
);

-- API keys. A key names its tenant, so the tenant is set first and the hash is looked up under the policy.
create table formwork.api_keys (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  id uuid not null default formwork.uuidv7(),
  -- sha256 of the secret, which has 256 random bits: there is nothing to guess, so nothing to slow down.
  hash bytea not null check (octet_length(hash) = 32),
  role text not null check (role ~ '^[a-z][a-z0-9_]*$' and length(role) <= 50),
  label text not null default '' check (length(label) <= 200),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, hash)
);
alter table formwork.api_keys enable row level security;
alter table formwork.api_keys force row level security;
create policy tenant_isolation on formwork.api_keys
  using (tenant_id = formwork.current_tenant_id())
  with check (tenant_id = formwork.current_tenant_id());
grant select on formwork.api_keys to formwork_gateway;
grant update (last_used_at) on formwork.api_keys to formwork_gateway;
grant select, insert, update on formwork.api_keys to formwork_designer;

reset role;
