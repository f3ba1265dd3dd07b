drop table formwork.view_uses;
drop table formwork.registry_versions;
drop table formwork.unique_keys;
drop table formwork.fields;
drop table formwork.entity_types;
drop table formwork.field_types;
