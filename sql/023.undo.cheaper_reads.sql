set role formwork_search;
drop function formwork.search_few(text, text, int, boolean);
reset role;

set role formwork_owner;
drop statistics formwork.records_t1_of_type, formwork.records_t2_of_type, formwork.records_t3_of_type,
  formwork.records_t4_of_type, formwork.records_n1_of_type, formwork.records_n2_of_type;
drop function formwork.begin_read_by_size(uuid, int);
drop function formwork.holds_few(int);
reset role;
