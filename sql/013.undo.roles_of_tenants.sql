set role formwork_owner;
alter table formwork.api_keys drop column claims;
drop table formwork.roles;
reset role;
