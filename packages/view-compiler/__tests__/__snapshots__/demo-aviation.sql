-- Airport
create view "formwork_views"."v2_723e052e643c50cc9ee27c47" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  data ->> 'city' as "city",
  data ->> 'country' as "country",
  data ->> 'iata' as "iata",
  case when data -> 'latitude' between '4.9e-324' and '1.7976931348623157e308' or data -> 'latitude' between '-1.7976931348623157e308' and '-4.9e-324' then (data -> 'latitude')::float8 when data -> 'latitude' = '0' then 0 end as "latitude",
  case when data -> 'longitude' between '4.9e-324' and '1.7976931348623157e308' or data -> 'longitude' between '-1.7976931348623157e308' and '-4.9e-324' then (data -> 'longitude')::float8 when data -> 'longitude' = '0' then 0 end as "longitude",
  data ->> 'name' as "name",
  data ->> 'state' as "state",
  "t2" as "_city",
  "t1" as "_name",
  "t3" as "_state",
  "u1" as "_u1"
from formwork.records
where entity_type = 'airport' and deleted_at is null;

-- Flight
create view "formwork_views"."v2_f887078db128eb03a8bec3d5" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  case when "n1" between -2147483648 and 2147483647 then "n1"::int end as "delay",
  nullif("d1", 'infinity') as "departs_at",
  "l2" as "destination",
  case when "n2" between -2147483648 and 2147483647 then "n2"::int end as "distance",
  "l1" as "origin",
  "n1" as "_delay",
  "d1" as "_departs_at",
  "n2" as "_distance"
from formwork.records
where entity_type = 'flight' and deleted_at is null;
