-- Account
create view "formwork_views"."v2_8cf337afc8d930229c12c82e" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  case data -> 'active' when 'true' then true when 'false' then false end as "active",
  data ->> 'country' as "country",
  data ->> 'name' as "name",
  case when jsonb_typeof(data -> 'revenue') = 'number' then (data -> 'revenue')::numeric end as "revenue",
  data ->> 'slug' as "slug",
  data ->> 'website' as "website",
  "t1" as "_name",
  "n1" as "_revenue",
  "u1" as "_u1"
from formwork.records
where entity_type = 'account' and deleted_at is null;

-- User
create view "formwork_views"."v2_c369850624a4eb5751cf4b76" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  "l1" as "account",
  (jsonb_path_query_first(data, '$."born_on".datetime("YYYY-MM-DD")', silent => true) #>> '{}')::date as "born_on",
  data ->> 'email' as "email",
  data ->> 'name' as "name",
  data -> 'preferences' as "preferences",
  "t1" as "_name",
  "u1" as "_u1"
from formwork.records
where entity_type = 'user' and deleted_at is null;

-- Category
create view "formwork_views"."v2_d5a4c246322380a26343111c" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  data ->> 'name' as "name",
  "l1" as "parent",
  case when data -> 'position' between '-2147483648' and '2147483647' then (data -> 'position')::int end as "position",
  "t1" as "_name",
  "u1" as "_u1"
from formwork.records
where entity_type = 'category' and deleted_at is null;

-- Tag
create view "formwork_views"."v2_d4ecc59bbdd53267a40563b7" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  data ->> 'name' as "name",
  "u1" as "_u1"
from formwork.records
where entity_type = 'tag' and deleted_at is null;

-- Product
create view "formwork_views"."v2_6422bc8b1eebaefb0a261d52" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  "l1" as "account",
  data -> 'attributes' as "attributes",
  "l2" as "category",
  case when jsonb_typeof(data -> 'channels') = 'array' then data -> 'channels' end as "channels",
  data ->> 'description' as "description",
  data ->> 'name' as "name",
  case when jsonb_typeof(data -> 'price') = 'number' then (data -> 'price')::numeric end as "price",
  case when jsonb_typeof(data -> 'recommended_price' -> 'amount') = 'number' and jsonb_typeof(data -> 'recommended_price' -> 'currency') = 'string' then data -> 'recommended_price' end as "recommended_price",
  data ->> 'sku' as "sku",
  case when "n2" between -2147483648 and 2147483647 then "n2"::int end as "stock",
  "t1" as "_name",
  "n1" as "_price",
  "n2" as "_stock",
  "u1" as "_u1"
from formwork.records
where entity_type = 'product' and deleted_at is null;

-- Order
create view "formwork_views"."v2_ad54249dbd603525a5abe48a" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  "l1" as "account",
  "l2" as "customer",
  case when data -> 'item_count' between '-2147483648' and '2147483647' then (data -> 'item_count')::int end as "item_count",
  data ->> 'note' as "note",
  case when "n1" between -2147483648 and 2147483647 then "n1"::int end as "number",
  nullif("d1", 'infinity') as "placed_at",
  nullif("t1", formwork.text_null()) as "status",
  case when jsonb_typeof(data -> 'total') = 'number' then (data -> 'total')::numeric end as "total",
  "n1" as "_number",
  "d1" as "_placed_at",
  "t1" as "_status",
  "n2" as "_total"
from formwork.records
where entity_type = 'order' and deleted_at is null;

-- Order item
create view "formwork_views"."v2_d1b98f6961fbe0c6a80c743b" with (security_invoker = true) as
select
  id,
  version,
  created_at,
  created_by,
  updated_at,
  updated_by,
  data,
  case when jsonb_typeof(data -> 'amount') = 'number' then (data -> 'amount')::numeric end as "amount",
  "l1" as "order",
  "l2" as "product",
  case when data -> 'quantity' between '-2147483648' and '2147483647' then (data -> 'quantity')::int end as "quantity",
  case when jsonb_typeof(data -> 'unit_price') = 'number' then (data -> 'unit_price')::numeric end as "unit_price"
from formwork.records
where entity_type = 'order_item' and deleted_at is null;
