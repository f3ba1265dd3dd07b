import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '@formwork/pg';
import { UsageUnknownError } from '../errors.ts';

/** NOTIFY channel: gateways are asked to tell of what they have counted. They look every few seconds anyway. */
export const usageChannel = 'formwork_usage';

/** Milliseconds between two signs of life. */
export const heartbeat = 3_000;

/** A gateway that gave none for so long is dead: what it had counted since it last told is lost with it. */
const deadAfter = 12_000;

/** Says that the gateway is alive; gives the number of the last question, and `told` is the last that it answered. */
export function reportGateway(control: ControlPlane, id: string, told: number): Promise<number> {
  return control.control(async (sql) => {
    const [row] = await sql<{ last: number }[]>`
      insert into formwork.gateways as g (id, told) values (${id}::uuid, ${told})
      on conflict (id) do update set seen_at = now(), told = greatest(g.told, excluded.told)
      returning (select last_value::float8 from formwork.usage_questions) as last`;
    // Those that never said goodbye.
    await sql`delete from formwork.gateways where seen_at < now() - interval '1 day'`;
    return row?.last ?? 0;
  });
}

export async function removeGateway(control: ControlPlane, id: string): Promise<void> {
  await control.control((sql) => sql`delete from formwork.gateways where id = ${id}::uuid`);
}

/**
 * Waits until every gateway that is alive has told of all that was used before this moment. Throws UsageUnknownError
 * where one that is alive does not.
 */
export async function awaitUsage(control: ControlPlane): Promise<void> {
  const question = await ask(control);
  const end = performance.now() + deadAfter + 2 * heartbeat;
  for (let pause = 10; ; pause = Math.min(pause * 2, 500)) {
    const silent = await findSilent(control, question);
    if (silent.length === 0) return;
    if (performance.now() > end) throw new UsageUnknownError(silent.length);
    await sleep(pause);
  }
}

/** Milliseconds for which writers are kept waiting for gateways that were asked once already. */
const briefly = 1_000;

/**
 * Asks once more while nobody writes, so that what was used between the first answer and the lock counts too. Who does not
 * answer at once has done so before: nobody waits for a gateway that has died meanwhile.
 */
export async function awaitLatestUsage(control: ControlPlane): Promise<void> {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), briefly);
  const answered = async () => {
    const question = await ask(control);
    while (!given.signal.aborted && (await findSilent(control, question)).length > 0) await sleep(10);
  };
  const isOver = new Promise((resolve) => given.signal.addEventListener('abort', resolve));
  try {
    // The transaction that holds the lock has a connection already, and there may be no second one.
    await Promise.race([answered().catch(() => {}), isOver]);
  } finally {
    clearTimeout(timer);
    given.abort();
  }
}

/** Draws the number of a question and tells the gateways of it. */
function ask(control: ControlPlane): Promise<number> {
  return control.control(async (sql) => {
    const [row] = await sql<{ question: number }[]>`
      select nextval('formwork.usage_questions')::float8 as question`;
    await sql`select pg_notify(${usageChannel}, ${String(row?.question)})`;
    return row?.question ?? 0;
  });
}

function findSilent(control: ControlPlane, question: number): Promise<readonly unknown[]> {
  return control.control(
    (sql) => sql`
      select id from formwork.gateways
      where told < ${question} and seen_at > now() - make_interval(secs => ${deadAfter / 1000})`,
  );
}
