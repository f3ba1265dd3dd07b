import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectDataPlane,
  type DataPlane,
  type DataPlaneOptions,
  type Row,
  type Statement,
} from '@formwork/pg';
import { asAdmin, type TestDatabase } from '@formwork/testkit';

/** Connects as the gateway does. What a test has opened is closed behind it, so that none waits for another's connections. */
export function connecting(
  database: () => TestDatabase,
  defaults: Partial<DataPlaneOptions>,
): (options?: Partial<DataPlaneOptions>) => DataPlane {
  const planes: DataPlane[] = [];
  afterEach(async () => {
    await Promise.all(planes.splice(0).map((plane) => plane.close()));
  });
  return (options) => {
    const plane = connectDataPlane({ url: database().gatewayUrl, ...defaults, ...options });
    planes.push(plane);
    return plane;
  };
}

let unnamed = 0;

/** A tenant with an entity type `note` of no rules, so that records can be written without a registry. */
export async function insertTenant(database: TestDatabase, slug = `tenant-${++unnamed}`): Promise<string> {
  return asAdmin(database, async (admin) => {
    const { rows } = await admin.query(
      'insert into formwork.tenants (slug, name) values ($1, $1) returning id',
      [slug],
    );
    const id: string = rows[0].id;
    await admin.query(
      `insert into formwork.entity_types (tenant_id, storage_key, key, plural, label, position, view_name)
        values ($1, 'note', 'note', 'notes', 'Note', 0, 'note')`,
      [id],
    );
    await admin.query(
      `insert into formwork.entity_storage (tenant_id, entity_type, shape, checks) values ($1, 'note', '$.x >= 0 || !exists($.x)', '[]')`,
      [id],
    );
    return id;
  });
}

/** The first column of the first row of a single statement. */
export async function ask(plane: DataPlane, tenantId: string, statement: Statement): Promise<string | null> {
  const { results } = await plane.read(tenantId, [statement]);
  return firstValue(results[0]);
}

export function firstValue(rows: readonly Row[] | Error | undefined): string | null {
  if (rows instanceof Error) throw rows;
  return rows?.[0]?.[0] ?? null;
}

/** Waits until `condition` holds; fails after fifteen seconds. */
export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  const giveUp = Date.now() + 15_000;
  while (!(await condition())) {
    if (Date.now() > giveUp) throw new Error('Waited in vain');
    await sleep(10);
  }
}
