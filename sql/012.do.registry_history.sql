set role formwork_owner;

-- What a version did, as sentences a designer reads in the history.
alter table formwork.registry_versions add column summary jsonb not null default '[]'
  check (jsonb_typeof(summary) = 'array');

-- Where a version kept what it called otherwise: {"entities": {"airfield": "airport"}, "fields": {"flight":
-- {"departure": "departs_at"}}}, keys and storage keys. Whoever goes back to the version finds the data by it. Null for
-- versions before this column: nobody can go back to those.
alter table formwork.registry_versions add column storage jsonb check (jsonb_typeof(storage) = 'object');

reset role;

-- The version that each tenant is on is still known. `force` binds the owner too, so it is lifted for this one statement.
set role formwork_owner;
alter table formwork.registry_versions no force row level security;
alter table formwork.entity_types no force row level security;
alter table formwork.fields no force row level security;
update formwork.registry_versions v set storage = jsonb_build_object(
  'entities', coalesce((
    select jsonb_object_agg(e.key, e.storage_key) from formwork.entity_types e
    where e.tenant_id = v.tenant_id and e.key <> e.storage_key), '{}'),
  'fields', coalesce((
    select jsonb_object_agg(named.entity, named.fields) from (
      select e.key as entity, jsonb_object_agg(f.key, f.storage_key) as fields
      from formwork.fields f join formwork.entity_types e
        on e.tenant_id = f.tenant_id and e.storage_key = f.entity_type
      where f.tenant_id = v.tenant_id and f.key <> f.storage_key group by e.key
    ) named), '{}'))
from formwork.tenants t
where t.id = v.tenant_id and t.registry_version = v.version;
alter table formwork.registry_versions force row level security;
alter table formwork.entity_types force row level security;
alter table formwork.fields force row level security;
reset role;
