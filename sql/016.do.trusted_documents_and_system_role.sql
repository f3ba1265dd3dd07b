set role formwork_owner;

-- Which GraphQL documents of a tenant's clients may run: any ("off"); any, and each is kept ("record"); only those that
-- are kept ("enforce"). A change raises access_version, which comes back with every batch, so no gateway misses it.
alter table formwork.tenants add column document_mode text not null default 'off'
  check (document_mode in ('off', 'record', 'enforce'));

-- The documents that a tenant trusts, by the hash of their text. A row cannot lie about its text: whoever asks by hash
-- gets what the hash is of.
create table formwork.trusted_documents (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  -- sha256 of the text in UTF-8, in lower-case hex.
  hash text collate "C" not null,
  document text not null check (document <> ''),
  -- What a person knows it by: the names of its operations.
  name text not null default '' check (length(name) <= 200),
  -- Added on purpose, or kept as a client sent it.
  is_recorded boolean not null,
  recorded_at timestamptz not null default now(),
  recorded_by text not null check (length(recorded_by) <= 300),
  primary key (tenant_id, hash),
  check (hash = encode(sha256(convert_to(document, 'UTF8')), 'hex'))
);

-- What clients call documents that were given an id by their own tools: Relay's md5, a number. Never given by a request.
create table formwork.trusted_document_ids (
  tenant_id uuid not null default formwork.current_tenant_id() references formwork.tenants (id) on delete cascade,
  -- What looks like a hash is one, and needs no row here.
  id text collate "C" not null check (id ~ '^[!-~]{1,200}$' and id !~ '^(sha256:)?[0-9a-fA-F]{64}$'),
  hash text collate "C" not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, hash) references formwork.trusted_documents (tenant_id, hash) on delete cascade
);
create index on formwork.trusted_document_ids (tenant_id, hash);

do $$
declare
  name text;
begin
  foreach name in array array['trusted_documents', 'trusted_document_ids'] loop
    execute format('alter table formwork.%I enable row level security', name);
    execute format('alter table formwork.%I force row level security', name);
    execute format('create policy tenant_isolation on formwork.%I
      using (tenant_id = formwork.current_tenant_id())
      with check (tenant_id = formwork.current_tenant_id())', name);
    -- The gateway looks them up and trusts nothing by itself; recording is the control plane's business.
    execute format('grant select on formwork.%I to formwork_gateway', name);
    execute format('grant select, insert, delete on formwork.%I to formwork_designer', name);
  end loop;
end
$$;

-- What the system role was used for: a row when a job begins, committed before it does anything, and one when it ends.
-- Rows are added and nothing else, whoever asks.
create table formwork.system_audit (
  id bigint generated always as identity primary key,
  -- The two rows of one use share it. A use without an end was cut off.
  run uuid not null,
  event text not null check (event in ('began', 'done', 'failed')),
  at timestamptz not null default clock_timestamp(),
  -- As which role, from where; by whom, as the command says.
  role text not null default session_user,
  address inet default inet_client_addr(),
  by text not null check (length(by) between 1 and 300),
  job text not null check (length(job) between 1 and 100),
  -- What the job said it would read or write; at its end, what Postgres saw it touch.
  tables text[] not null,
  -- Slugs; null: all tenants.
  tenants text[],
  outcome jsonb not null default '{}' check (jsonb_typeof(outcome) = 'object')
);
-- Its end is looked for by its run.
create index on formwork.system_audit (run);

-- Who and when are what Postgres knows, whatever the row says.
create function formwork.stamp_audit() returns trigger
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  new.at := clock_timestamp();
  new.role := session_user;
  new.address := inet_client_addr();
  return new;
end
$$;
create trigger _100_stamp before insert on formwork.system_audit
  for each row execute function formwork.stamp_audit();

create function formwork.keep_audit() returns trigger
language plpgsql volatile
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  raise exception 'the audit of the system role is added to and never changed' using errcode = 'FW005';
end
$$;
-- For each statement, so that one which would change no row is refused too.
create trigger _200_keep before update or delete or truncate on formwork.system_audit
  for each statement execute function formwork.keep_audit();
-- Also where a session says that it is a replica.
alter table formwork.system_audit enable always trigger _100_stamp;
alter table formwork.system_audit enable always trigger _200_keep;
grant select on formwork.system_audit to formwork_designer;

reset role;

-- The role of batch jobs that need all tenants. It cannot log in until somebody turns it on (`formwork system enable`).
-- To make a role that bypasses policies takes one that may; where the migrator may not, turning it on has to do that too.
do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'formwork_system') then
    return;
  end if;
  begin
    create role formwork_system nologin bypassrls;
  exception
    when insufficient_privilege then
      create role formwork_system nologin;
  end;
exception when duplicate_object or unique_violation then
  null; -- another database of the cluster is being migrated at the same moment
end
$$;

-- It reads what tenants have, writes records and what is counted, and deletes nothing. Designs, hashes of keys and
-- settings of the installation are not its business.
set role formwork_owner;
grant usage on schema formwork to formwork_system;
do $$
declare
  name text;
begin
  foreach name in array array['tenants', 'entity_types', 'fields', 'field_types', 'unique_keys', 'registry_versions',
    'view_uses', 'entity_storage', 'link_rules', 'autonumbers', 'records', 'record_links', 'rollups', 'roles', 'usage',
    'gateways', 'trusted_documents', 'trusted_document_ids', 'system_audit'] loop
    execute format('grant select on formwork.%I to formwork_system', name);
  end loop;
end
$$;
grant select (tenant_id, id, role, label, claims, created_at, expires_at, revoked_at, last_used_at)
  on formwork.api_keys to formwork_system;
grant insert (run, event, by, job, tables, tenants, outcome) on formwork.system_audit to formwork_system;
grant insert (tenant_id, id, entity_type, data, created_by, updated_by),
  update (data, updated_by, updated_at, deleted_at) on formwork.records to formwork_system;
grant insert on formwork.record_links to formwork_system;
grant update (next_number) on formwork.autonumbers to formwork_system;
grant insert, update on formwork.usage to formwork_system;
-- Triggers call functions as whoever writes. (The search belongs to another role: it is for requests, and knows one tenant.)
do $$
declare
  called regprocedure;
begin
  for called in select oid from pg_catalog.pg_proc
    where pronamespace = 'formwork'::regnamespace and proowner = 'formwork_owner'::regrole
  loop
    execute format('grant execute on function %s to formwork_system', called);
  end loop;
end
$$;
reset role;
