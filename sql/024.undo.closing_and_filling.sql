set role formwork_owner;
alter table formwork.tenants drop column closing_until;
drop table formwork.closings;
reset role;
