set role formwork_owner;

alter table formwork.jobs no force row level security;
do $$
begin
  -- Nobody would fill them, and they would be read as if they were full.
  if exists (select from formwork.jobs where kind = 'fill' and state not in ('done', 'cancelled')) then
    raise exception 'Slots are still being filled: finish those jobs first, or give up what they fill.';
  end if;
end
$$;
delete from formwork.jobs where kind = 'fill';
alter table formwork.jobs force row level security;

alter table formwork.jobs drop constraint jobs_kind_check;
alter table formwork.jobs add constraint jobs_kind_check check (kind in ('retype', 'tidy'));
alter table formwork.jobs drop column last_record;
alter table formwork.tenants drop column closing_until;
drop table formwork.former_names, formwork.closings;

reset role;
