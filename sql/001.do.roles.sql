-- Roles are shared by every database of a cluster, so each is made only where it is missing.
-- Passwords are not set here: the migrator sets them, so that no file ever holds one.

do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('formwork_owner',    'nologin'),
      ('formwork_gateway',  'login'),
      ('formwork_designer', 'login'),
      ('formwork_search',   'nologin')
    ) as roles (name, attributes)
  loop
    begin
      if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
        execute format('create role %I %s', wanted.name, wanted.attributes);
      end if;
    exception when duplicate_object or unique_violation then
      null; -- another database of the cluster is being migrated at the same moment
    end;
  end loop;
end
$$;

-- The migrator may be a plain administrator: it must be able to act as the owner of what it makes.
do $$
begin
  if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    execute format('grant formwork_owner, formwork_designer, formwork_search to %I', current_user);
  end if;
end
$$;

-- formwork: tables and functions that all tenants share. formwork_views: generated views, nothing else.
create schema formwork authorization formwork_owner;
create schema formwork_views authorization formwork_owner;

grant usage on schema formwork to formwork_gateway, formwork_designer, formwork_search;
grant usage on schema formwork_views to formwork_gateway;
grant usage, create on schema formwork_views to formwork_designer;

-- Postgres lets everybody execute a new function. Ours are granted one by one.
alter default privileges for role formwork_owner revoke execute on functions from public;
alter default privileges for role formwork_designer in schema formwork_views
  grant select on tables to formwork_gateway;
