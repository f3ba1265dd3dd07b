set role formwork_owner;

alter table formwork.tenants drop column outdated;

reset role;
