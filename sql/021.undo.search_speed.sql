set role formwork_search;
alter function formwork.search_records(text, text, int, boolean) set search_path = pg_catalog, formwork, pg_temp;
alter function formwork.search_records(text, text, int, boolean) reset plan_cache_mode;
reset role;

set role formwork_owner;
alter function formwork.search_query(text, text) reset all;
reset role;
