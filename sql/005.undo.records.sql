drop table formwork.record_links;
drop table formwork.records;
drop table formwork.autonumbers;
drop table formwork.link_rules;
drop table formwork.entity_storage;
