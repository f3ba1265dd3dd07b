set role formwork_owner;

-- Whether what was derived from the tenant's registry (what triggers know, the functions that they call) may still be as an
-- older Formwork derived it. A migration that comes with another way to derive it says so here; a gateway, or "formwork
-- registry refresh", then derives it anew, tenant by tenant. It says nothing of the tenant, so that whoever looks for
-- them needs to see nothing of any.
alter table formwork.tenants add column outdated boolean not null default false;
create index on formwork.tenants (id) where outdated;

-- Functions of rollups that were made before 018 leave away, in a sum, what no sum can be made of.
alter table formwork.rollups no force row level security;
update formwork.tenants set outdated = true where id in (select tenant_id from formwork.rollups);
alter table formwork.rollups force row level security;

reset role;
