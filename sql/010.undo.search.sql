set role formwork_search;
drop function formwork.search_records(text, text, int, boolean);
reset role;

set role formwork_owner;
drop trigger _110_fill_words on formwork.records;
drop trigger _100_forget_unsearched on formwork.entity_storage;
drop function formwork.fill_words, formwork.forget_unsearched;
drop policy search on formwork.records;
revoke select (tenant_id, id, entity_type, words) on formwork.records from formwork_search;
revoke select (id, number) on formwork.tenants from formwork_search;
alter table formwork.records drop column words;
alter table formwork.entity_storage drop column search_keys;
drop function formwork.search_query, formwork.search_vector, formwork.search_prefix, formwork.is_spaceless,
  formwork.search_text;
reset role;
