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

/** Milliseconds after which a gateway that is alive and does not answer is given up: one that has died is dead by then. */
const defaultPatience = deadAfter + 2 * heartbeat;

/**
 * Waits until every gateway that is alive has told of all that was used before this moment. Throws UsageUnknownError
 * where one that is alive does not.
 */
export async function awaitUsage(control: ControlPlane, patience = defaultPatience): Promise<void> {
  const question = await ask(control);
  const end = performance.now() + patience;
  for (let pause = 10; ; pause = Math.min(pause * 2, 500)) {
    const silent = await findSilent(control, question);
    if (silent.length === 0) return;
    if (performance.now() > end) throw new UsageUnknownError(silent.map(tellGateway));
    await sleep(pause);
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

interface SilentGateway {
  readonly id: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
}

function findSilent(control: ControlPlane, question: number): Promise<readonly SilentGateway[]> {
  return control.control(
    (sql) => sql<SilentGateway[]>`
      select id, started_at as "startedAt", seen_at as "seenAt" from formwork.gateways
      where told < ${question} and seen_at > now() - make_interval(secs => ${deadAfter / 1000})
      order by id`,
  );
}

/** As its own log calls it. */
function tellGateway({ id, startedAt, seenAt }: SilentGateway): string {
  return `gateway "${id}", started at ${startedAt.toISOString()}, last heard of at ${seenAt.toISOString()}`;
}
