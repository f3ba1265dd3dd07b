drop function formwork.begin_write(uuid, int);
drop function formwork.begin_read_as(text);
drop function formwork.begin_read(uuid);
drop function formwork.tenant_lock_key(uuid);
