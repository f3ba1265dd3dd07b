import { identifier, literal, withAdmin } from '@formwork/pg';
import type { Home } from '../home.ts';

/**
 * A login with the rights of the gateway and its settings (without them Postgres compiles long plans, which costs more
 * than any policy), to whom no policy applies: for comparison alone, with a password of this run.
 */
export async function freeRoleUrl({ postgres }: Home): Promise<string> {
  const password = crypto.randomUUID();
  await withAdmin(postgres.adminUrl, async (admin) => {
    await admin.query(
      `do $$ begin create role bench_free login bypassrls; exception when duplicate_object then null; end $$;
       grant formwork_gateway to bench_free;
       alter role bench_free password '${password}'`,
    );
    const { rows } = await admin.query<{ name: string; value: string }>(
      `select split_part(setting, '=', 1) as name, substr(setting, strpos(setting, '=') + 1) as value
         from pg_roles, unnest(rolconfig) setting where rolname = 'formwork_gateway'`,
    );
    for (const { name, value } of rows)
      await admin.query(`alter role bench_free set ${identifier(name)} = ${literal(value)}`);
  });
  const url = new URL(postgres.adminUrl);
  url.username = 'bench_free';
  url.password = password;
  return url.href;
}
