set role formwork_search;
drop function formwork.search_few(text, text, int, boolean);
reset role;

set role formwork_owner;
drop function formwork.begin_read_by_size(uuid, int);
drop function formwork.holds_few(int);
reset role;
