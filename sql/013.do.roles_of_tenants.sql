set role formwork_owner;

-- Roles of a tenant's own, beside the built-in ones: what may be done with the records of each entity type. Part of
-- the registry. Entities and fields are named by storage keys, so no rename touches a role; checked by the room registry.
create table formwork.roles (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  key text collate "C" not null check (key ~ '^[a-z][a-z0-9_]*$' and length(key) <= 50
    and key not in ('viewer', 'editor', 'designer', 'admin')),
  label text not null check (length(label) <= 200),
  description text not null default '' check (length(description) <= 5000),
  position int not null,
  permissions jsonb not null check (jsonb_typeof(permissions) = 'array'),
  primary key (tenant_id, key)
);
alter table formwork.roles enable row level security;
alter table formwork.roles force row level security;
create policy tenant_isolation on formwork.roles
  using (tenant_id = formwork.current_tenant_id())
  with check (tenant_id = formwork.current_tenant_id());
grant select on formwork.roles to formwork_gateway;
grant select, insert, update, delete on formwork.roles to formwork_designer;

-- What is known of whoever holds a key: row rules of roles compare it ("email", "team").
alter table formwork.api_keys add column claims jsonb not null default '{}'
  check (jsonb_typeof(claims) = 'object' and length(claims::text) <= 10000);

reset role;
