-- What is called within a function is planned anew when the search path is another than the last time, and in a batch
-- of reads each time (`plan_cache_mode`): of 1.9 ms that a search for two words took, 1.5. So all functions that cut words
-- run under one path, that of the triggers of records; and a search has one way to go, whatever is looked for.
set role formwork_owner;
alter function formwork.search_query(text, text) set search_path = formwork, pg_catalog, pg_temp;
alter function formwork.search_query(text, text) set plan_cache_mode = force_generic_plan;
reset role;

set role formwork_search;
alter function formwork.search_records(text, text, int, boolean) set search_path = formwork, pg_catalog, pg_temp;
alter function formwork.search_records(text, text, int, boolean) set plan_cache_mode = force_generic_plan;
reset role;
