set role formwork_owner;

-- As in 010, and: what is letters, digits and single spaces already is not looked through by an expression, which took two
-- thirds of it.
create or replace function formwork.search_text(value text) returns text
language plpgsql immutable strict parallel safe
as $$
begin
  if octet_length(value) = length(value) then
    value := translate(lower(value collate "C"), '''`._&', '-----');
    if ltrim(convert_to(value, 'UTF8'), 'abcdefghijklmnopqrstuvwxyz0123456789- ') = '' and strpos(value, '  ') = 0 then
      return value;
    end if;
    return regexp_replace(value, '[^a-z0-9-]+', ' ', 'g');
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

reset role;
