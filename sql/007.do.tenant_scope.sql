set role formwork_owner;

-- One shared lock for each writer of a tenant, one exclusive lock for whoever changes its registry.
create function formwork.tenant_lock_key(tenant uuid) returns bigint
language sql immutable parallel safe
return hashtextextended(tenant::text, 7046);

-- First statement of every batch of reads: sets the tenant for this transaction and returns
-- "<registry version>:<access version>", by which the gateway sees that what it planned for has moved on.
create function formwork.begin_read(tenant uuid) returns text
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  versions text;
begin
  perform set_config('app.tenant_id', tenant::text, true);
  select t.registry_version || ':' || t.access_version into versions from formwork.tenants t where t.id = tenant;
  if versions is null then
    raise exception 'there is no such tenant' using errcode = 'FW002';
  end if;
  return versions;
end
$$;

-- The same by slug, for looking an API key up: the key names its tenant before anything is known of it. For a slug
-- that is nobody's the setting is the nil UUID, under which every policy finds nothing: unknown tenants and unknown
-- keys take the same way and the same time.
create function formwork.begin_read_as(tenant_slug text) returns text
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  tenant formwork.tenants;
begin
  select * into tenant from formwork.tenants t where t.slug = tenant_slug;
  perform set_config('app.tenant_id', coalesce(tenant.id, '00000000-0000-0000-0000-000000000000')::text, true);
  return coalesce(tenant.registry_version, 0) || ':' || coalesce(tenant.access_version, 0);
end
$$;

-- First statement of every write. The shared lock is held to the end of the transaction, and the version is read
-- under it: a registry change either waits for this writer or is seen by it.
create function formwork.begin_write(tenant uuid, expected_version int) returns text
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  found_version int;
  found_access int;
begin
  perform set_config('app.tenant_id', tenant::text, true);
  perform pg_advisory_xact_lock_shared(formwork.tenant_lock_key(tenant));
  select t.registry_version, t.access_version into found_version, found_access
    from formwork.tenants t where t.id = tenant;
  if not found then
    raise exception 'there is no such tenant' using errcode = 'FW002';
  end if;
  if found_version <> expected_version then
    raise exception 'the registry has moved from version % to version %', expected_version, found_version
      using errcode = 'FW001', detail = jsonb_build_object('expected', expected_version, 'actual', found_version)::text;
  end if;
  return found_version || ':' || found_access;
end
$$;

grant execute on function formwork.tenant_lock_key(uuid), formwork.begin_read(uuid),
  formwork.begin_read_as(text), formwork.begin_write(uuid, int)
  to formwork_gateway, formwork_designer;

reset role;
