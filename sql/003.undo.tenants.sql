drop table formwork.api_keys;
drop table formwork.settings;
drop table formwork.tenants;
