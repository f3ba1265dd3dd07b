drop function formwork.unique_key(text[]);
drop function formwork.key_part(text, jsonb);
drop function formwork.time_key(text);
drop function formwork.number_key(jsonb);
drop function formwork.text_key(text);
drop function formwork.fold(text, boolean);
drop function formwork.text_null();
drop function formwork.uuidv7();
drop function formwork.current_tenant_id();
