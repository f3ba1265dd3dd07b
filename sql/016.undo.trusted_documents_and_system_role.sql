-- The role stays: other databases of the cluster may use it.
set role formwork_owner;
do $$
declare
  called regprocedure;
begin
  for called in select oid from pg_catalog.pg_proc
    where pronamespace = 'formwork'::regnamespace and proowner = 'formwork_owner'::regrole
  loop
    execute format('revoke execute on function %s from formwork_system', called);
  end loop;
end
$$;
revoke all on all tables in schema formwork from formwork_system;
revoke all on schema formwork from formwork_system;
drop table formwork.system_audit;
drop function formwork.stamp_audit(), formwork.keep_audit();
drop table formwork.trusted_document_ids;
drop table formwork.trusted_documents;
alter table formwork.tenants drop column document_mode;
reset role;
