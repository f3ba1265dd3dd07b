set role formwork_owner;

-- The tenant of the running transaction. Fails closed: unset is an error (42704), and so is what a local
-- setting leaves behind when its transaction ends, an empty string (22P02).
create function formwork.current_tenant_id() returns uuid
language sql stable parallel safe
return current_setting('app.tenant_id')::uuid;

-- A time-ordered UUID (RFC 9562, version 7): new rows land on the right edge of the index.
-- Postgres 18 has its own; before it, the millisecond clock is written over the head of a random UUID.
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create function formwork.uuidv7() returns uuid
    language sql volatile parallel safe
    return pg_catalog.uuidv7();
  else
    create function formwork.uuidv7() returns uuid
    language sql volatile parallel safe
    return encode(
      set_bit(
        set_bit(
          overlay(uuid_send(gen_random_uuid())
            placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
            from 1 for 6),
          52, 1),
        53, 1),
      'hex')::uuid;
  end if;
end
$$;

-- What sorts behind every value of a text slot: a record without a value has an entry in the index too.
-- U+10FFFF is the last code point, never a character; text_key removes it from values.
create function formwork.text_null() returns text
language sql immutable parallel safe
return U&'\+10FFFF';

-- Lower case without a locale: the same on every server version, because it leans on Unicode normalization and
-- byte order and not on the server's collations. With accents = false the accents go too ("Ångström" -> "angstrom").
create function formwork.fold(value text, accents boolean) returns text
language plpgsql immutable strict parallel safe
as $$
begin
  if octet_length(value) = length(value) then
    return lower(value collate "C");
  end if;
  value := normalize(value, nfkd);
  if not accents then
    value := translate(
      regexp_replace(value, U&'[\0300-\036F\1AB0-\1AFF\1DC0-\1DFF\20D0-\20FF\FE20-\FE2F]', '', 'g'),
      'ĐđŁłØøıŦŧĦħŊŋ', 'ddllooitthhnn');
    value := replace(replace(replace(replace(replace(replace(value,
      'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe');
  end if;
  return normalize(lower(translate(value,
    'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄІЈЉЊЋЏҐĐŁØŦĦŊÆŒ',
    'αβγδεζηθικλμνξοπρστυφχψωσабвгдежзийклмнопрстуфхцчшщъыьэюяђєіјљњћџґđłøŧħŋæœ') collate "C"), nfkc);
end
$$;

-- The search key of a text: what a text slot holds. A prefix is enough to find and to sort (the exact value
-- decides among equal keys), and an index entry holds 2.7 KB at most.
create function formwork.text_key(value text) returns text
language sql immutable parallel safe
return left(replace(formwork.fold(left(value, 400), false), U&'\+10FFFF', ''), 200) collate "C";

-- A JSON value as the search key of a number slot. Booleans count as 0 and 1, money by its amount.
-- NaN sorts behind every number, and JSON has none: it stands for "no value".
create function formwork.number_key(value jsonb) returns float8
language sql immutable parallel safe
return case jsonb_typeof(value)
  when 'number' then (value)::float8
  when 'boolean' then (value)::boolean::int::float8
  when 'object' then (value -> 'amount')::float8
  else 'NaN'::float8
end;

-- A date or a UTC date-time ("2026-11-21", "2026-11-21T10:00:00.5Z") as the search key of a time slot.
-- Reading it as a timestamp first ignores the "Z" and with it the session's time zone.
create function formwork.time_key(value text) returns timestamptz
language sql immutable parallel safe
return coalesce(value::timestamp at time zone 'UTC', 'infinity'::timestamptz);

-- One part of a unique key as text, so that equal values have equal text. kind: "fold" ignores case.
create function formwork.key_part(kind text, value jsonb) returns text
language sql immutable parallel safe
return case
  when value is null or jsonb_typeof(value) = 'null' then null
  when kind = 'fold' then formwork.fold(value #>> '{}', true)
  when jsonb_typeof(value) = 'number' then trim_scale((value)::numeric)::text
  when jsonb_typeof(value) = 'object' then
    trim_scale((value -> 'amount')::numeric)::text || ' ' || (value ->> 'currency')
  else value #>> '{}'
end;

-- What a unique slot holds: the parts as a JSON array, or a hash of it where that is long ("[" and "#" tell which).
create function formwork.unique_key(parts text[]) returns text
language sql immutable parallel safe
return case
  when octet_length(to_jsonb(parts)::text) <= 200 then to_jsonb(parts)::text
  else '#' || encode(sha256(convert_to(to_jsonb(parts)::text, 'UTF8')), 'hex')
end collate "C";

grant execute on all functions in schema formwork to formwork_gateway, formwork_designer, formwork_search;

reset role;
