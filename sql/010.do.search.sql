set role formwork_owner;

-- Search over the text fields of an entity type that the designer marked. A record has the words of those fields as a
-- tsvector. Under row-level security Postgres would not use an index on it (`@@` is not leakproof), so one function
-- looks into it as a role with a policy of its own: search_records, below.

alter table formwork.entity_storage
  -- Storage keys of the searchable fields, in the designer's order; null where there are none.
  add column search_keys text[];

alter table formwork.records add column words tsvector;

-- The words of a text: between spaces, with "-" between the parts of one ("o'hare", "sku-123", "example.com" have
-- two). Everything is spelled out by code points and nothing asks the server's locale, so that a word is the same on
-- every version: what is no letter, digit or sign of its own ends a word. Scripts without spaces between words (Chinese,
-- Japanese, Thai …), emoji and symbols stand by themselves, in runs.
create function formwork.search_text(value text) returns text
language plpgsql immutable strict parallel safe
as $$
begin
  if octet_length(value) = length(value) then
    return regexp_replace(translate(lower(value collate "C"), '''`._&', '-----'), '[^a-z0-9-]+', ' ', 'g');
  end if;
  -- Other apostrophes and hyphens; "™" would become "tm"; and what belongs to the sign before it goes: soft hyphens,
  -- joiners, variants, colours of skin.
  value := formwork.fold(translate(value,
    U&'\00B4\2018\2019\02BC\2032\2010\2011\2122\2120\00AD\200C\200D\2060\FE0E\FE0F\+01F3FB\+01F3FC\+01F3FD\+01F3FE\+01F3FF',
    '''''''''''--  '), false);
  value := regexp_replace(translate(value, '''`._&', '-----'),
    '[\u0001-\u002C\u002F\u003A-\u0060\u007B-\u00BF\u00D7\u00F7\u02C2-\u02DF\u037E\u0387\u055A-\u055F\u0589\u058A'
    '\u05BE\u05C0\u05C3\u05C6\u05F3\u05F4\u060C\u061B\u061F\u066A-\u066D\u06D4\u0964\u0965\u0E4F\u0E5A\u0E5B\u104A-\u104F'
    '\u1361-\u1368\u2000-\u206F\u20A0-\u20CF\u2E00-\u2E7F\u3000-\u3004\u3008-\u3020\u3030\u303D-\u303F\u30FB\uD7FC-\uF8FF'
    '\uFD3E\uFD3F\uFE10-\uFE6F\uFEFF-\uFF0F\uFFF0-\uFFFF]+', ' ', 'g');
  return regexp_replace(value, '([\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2190-\u2BFF\u3005-\u3007\u3021-\u30FF\u31F0-\u31FF'
    '\u3400-\u9FFF\uF900-\uFAFF\U0001F000-\U0003FFFF]+)', ' \1 ', 'g');
end
$$;

-- Whether a word is a run of signs without spaces between words. It is looked for by each two signs that meet.
create function formwork.is_spaceless(word text) returns boolean
language sql immutable strict parallel safe
return octet_length(word) > length(word)
  and word ~ '^[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u2190-\u2BFF\u3005-\u3007\u3021-\u30FF\u31F0-\u31FF\u3400-\u9FFF\uF900-\uFAFF\U0001F000-\U0003FFFF]';

-- What every lexeme of an entity type of the running tenant begins with: the tenant's short number, so that a search
-- reads its own postings and no others, and four digits of the entity type, so that it reads those of one entity type.
create function formwork.search_prefix(record_type text) returns text
language sql stable parallel safe
return (select t.number || ':' || left(md5(record_type), 4) || ':'
  from formwork.tenants t where t.id = formwork.current_tenant_id());

-- The lexemes of texts, the first of which weighs most. A word of several parts is there in its parts, one behind the
-- other, and as a whole. 16,000 characters are taken in (more than 16,383 places a tsvector cannot tell apart), and of
-- a word 60.
create function formwork.search_vector(prefix text, texts text[]) returns tsvector
language plpgsql immutable parallel safe
as $$
declare
  room int := 16000;
  place int := 0;
  weight text;
  value text;
  is_wide boolean;
  word text;
  part text;
  parts text[];
  lexemes text[] := '{}';
begin
  for number in 1..cardinality(texts) loop
    weight := substr('ABCD', least(number, 4), 1);
    value := left(formwork.search_text(left(texts[number], room)), room);
    continue when value is null;
    room := room - length(value);
    place := place + 1; -- no word begins in one field and ends in the next
    is_wide := octet_length(value) > length(value);
    foreach word in array string_to_array(value, ' ') loop
      if is_wide and formwork.is_spaceless(word) then
        parts := string_to_array(word, null);
        for index in 1..cardinality(parts) loop
          place := place + 1;
          lexemes := lexemes || ('''' || prefix || parts[index] || coalesce(parts[index + 1], '') || ''':' || place || weight);
        end loop;
      else
        if strpos(word, '-') > 0 then
          foreach part in array array_remove(string_to_array(word, '-'), '') loop
            place := place + 1;
            lexemes := lexemes || ('''' || prefix || left(part, 60) || ''':' || place || weight);
          end loop;
          word := replace(word, '-', '');
        else
          place := place + 1;
        end if;
        if word <> '' then
          lexemes := lexemes || ('''' || prefix || left(word, 60) || ''':' || place || weight);
        end if;
      end if;
    end loop;
  end loop;
  return array_to_string(lexemes, ' ')::tsvector;
end
$$;

-- What is typed into a search field, as two queries: all words have to match, the last one as the beginning of a word;
-- and any of them, which says how well (a whole word counts twice). Null where there is no word in it. What is typed
-- gets into a query only by way of search_text, which leaves nothing that means something there.
create function formwork.search_query(record_type text, search text, out matching tsquery, out ranking tsquery)
language plpgsql stable parallel safe
as $$
declare
  prefix text := formwork.search_prefix(record_type);
  words text[] := array(select w from unnest(string_to_array(formwork.search_text(search), ' ')) w
    where replace(w, '-', '') <> '');
  parts text[];
  lexemes text[];
  whole text;
  suffix text;
  all_of text[] := '{}';
  any_of text[] := '{}';
begin
  for number in 1..cardinality(words) loop
    suffix := case when number = cardinality(words) then ':*' else '' end;
    if formwork.is_spaceless(words[number]) then
      parts := string_to_array(words[number], null);
      lexemes := case cardinality(parts) when 1 then array[format('''%s%s'':*', prefix, parts[1])] else
        array(select format('''%s%s%s''', prefix, parts[i], parts[i + 1]) from generate_series(1, cardinality(parts) - 1) i) end;
      all_of := all_of || array_to_string(lexemes, ' & ');
      any_of := any_of || lexemes;
    else
      parts := array_remove(string_to_array(words[number], '-'), '');
      lexemes := array(select format('''%s%s''%s', prefix, left(p, 60), case when n = cardinality(parts) then suffix else '' end)
        from unnest(parts) with ordinality u (p, n));
      whole := format('''%s%s''', prefix, left(replace(words[number], '-', ''), 60));
      all_of := all_of || case cardinality(parts) when 1 then lexemes[1] else
        format('(%s | %s%s)', array_to_string(lexemes, ' <-> '), whole, suffix) end;
      any_of := any_of || lexemes || whole;
    end if;
  end loop;
  matching := nullif(array_to_string(all_of, ' & '), '')::tsquery;
  ranking := nullif(array_to_string(any_of, ' | '), '')::tsquery;
end
$$;

-- After fill_record: the words of a living record. A trigger of its own; that nothing is searchable is looked up once for
-- all records of an entity type that follow each other in a transaction (2 µs a record in place of 10). What touches
-- records to fill them, which a change of the registry does, leaves data as it is.
create function formwork.fill_words() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
declare
  keys text[];
begin
  if current_setting('app.unsearched', true) is distinct from new.tenant_id || ' ' || new.entity_type then
    select s.search_keys into keys from formwork.entity_storage s
      where s.tenant_id = new.tenant_id and s.entity_type = new.entity_type;
    if keys is null then
      perform set_config('app.unsearched', new.tenant_id || ' ' || new.entity_type, true);
    end if;
  end if;
  if keys is null or new.deleted_at is not null then
    if new.words is not null then
      new.words := null;
    end if;
    return new;
  end if;
  if tg_op = 'UPDATE' and old.words is not null and new.data <> old.data then
    perform from unnest(keys) k where new.data ->> k is distinct from old.data ->> k;
    if not found then
      return new;
    end if;
  end if;
  new.words := search_vector(search_prefix(new.entity_type), array(select new.data ->> k from unnest(keys) k));
  return new;
end
$$;

create trigger _110_fill_words before insert or update on formwork.records
  for each row execute function formwork.fill_words();

-- What fill_words has looked up holds until it is changed.
create function formwork.forget_unsearched() returns trigger
language plpgsql
set search_path = formwork, pg_catalog, pg_temp
as $$
begin
  perform set_config('app.unsearched', '', true);
  return null;
end
$$;

create trigger _100_forget_unsearched after insert or update or delete on formwork.entity_storage
  for each statement execute function formwork.forget_unsearched();

-- Partial, or every record without words would stand in it as one without.
create index records_words on formwork.records using gin (words) where words is not null;

-- The one way past the policy of a tenant, for one role that nobody connects as and that sees the words and nothing
-- of the values. What keeps tenants apart here is in search_records.
create policy search on formwork.records for select to formwork_search using (true);
grant select (tenant_id, id, entity_type, words) on formwork.records to formwork_search;
grant select (id, number) on formwork.tenants to formwork_search;
grant execute on function formwork.search_text(text), formwork.is_spaceless(text), formwork.search_prefix(text),
  formwork.search_vector(text, text[]), formwork.search_query(text, text)
  to formwork_gateway, formwork_designer, formwork_search;
grant create on schema formwork to formwork_search;

reset role;
set role formwork_search;

-- Ids of the running tenant's records that match, at most so many, with how well they match (0 unless ranked). Whoever
-- asks still reads the records themselves under their own policies. `offset 0` keeps the other conditions from the index,
-- so that there is one way to go.
create function formwork.search_records(record_type text, search text, most int, ranked boolean)
returns table (id uuid, rank real)
language plpgsql stable security definer rows 100
set search_path = pg_catalog, formwork, pg_temp
set enable_seqscan = off
as $$
declare
  tenant uuid := formwork.current_tenant_id();
  query record := formwork.search_query(record_type, search);
begin
  return query
    select f.id, case when ranked then ts_rank('{0.1, 0.2, 0.4, 1}', f.words, query.ranking, 1) else 0 end::real
    from (
      select r.tenant_id, r.entity_type, r.id, r.words from formwork.records r
      where r.words @@ query.matching offset 0
    ) f
    where f.tenant_id = tenant and f.entity_type = record_type
    limit most;
end
$$;
revoke all on function formwork.search_records(text, text, int, boolean) from public;
grant execute on function formwork.search_records(text, text, int, boolean) to formwork_gateway;

reset role;
set role formwork_owner;
revoke create on schema formwork from formwork_search;

-- Designs could mark fields as searchable before anything was searched.
do $$
declare
  tenant uuid;
begin
  for tenant in select id from formwork.tenants loop
    perform set_config('app.tenant_id', tenant::text, true);
    update formwork.entity_storage s set search_keys = (
        select array_agg(f.storage_key order by k.place)
        from jsonb_array_elements_text(e.options -> 'searchable') with ordinality k (key, place)
        join formwork.fields f on f.tenant_id = s.tenant_id and f.entity_type = s.entity_type and f.key = k.key)
      from formwork.entity_types e
      where e.tenant_id = s.tenant_id and e.storage_key = s.entity_type and e.options ? 'searchable';
    update formwork.records r set data = r.data
      from formwork.entity_storage s
      where s.tenant_id = r.tenant_id and s.entity_type = r.entity_type and s.search_keys is not null;
  end loop;
end
$$;

reset role;
