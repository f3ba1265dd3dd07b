set role formwork_owner;
delete from formwork.jobs where kind = 'fill';
alter table formwork.jobs drop constraint jobs_kind_check;
alter table formwork.jobs add constraint jobs_kind_check check (kind in ('retype', 'tidy'));
alter table formwork.tenants drop column closing_until;
drop table formwork.former_names, formwork.closings;
reset role;
