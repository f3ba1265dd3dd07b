set role formwork_owner;

alter table formwork.registry_versions drop column storage;
alter table formwork.registry_versions drop column summary;

reset role;
