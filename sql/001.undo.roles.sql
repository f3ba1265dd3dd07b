-- Roles stay: other databases of the cluster may use them.
alter default privileges for role formwork_designer in schema formwork_views
  revoke select on tables from formwork_gateway;
alter default privileges for role formwork_owner grant execute on functions to public;
drop schema formwork_views cascade;
drop schema formwork cascade;
