set role formwork_owner;
drop sequence formwork.usage_questions;
drop table formwork.gateways;
drop table formwork.usage;
reset role;
