import { createKey, createTenant, type TenantRow } from '@formwork/directory';
import { createLogger, type Gateway, type GatewayConfig, startGateway } from '@formwork/gateway';
import { type ControlPlane, connectControlPlane, identifier, literal } from '@formwork/pg';
import type { BuiltInRole } from '@formwork/registry';
import { applyRegistry } from '@formwork/registry-store';
import { asAdmin, createTestDatabase, linksUnderTest, type TestDatabase } from '@formwork/testkit';
import { skyway } from './skyway.ts';

export interface GraphqlAnswer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

export interface TestTenant extends TenantRow {
  readonly keys: Readonly<Record<BuiltInRole, string>>;
}

/** A line of the gateway's log. */
type LogLine = Readonly<Record<string, unknown>>;

export interface TestGateway extends Gateway {
  readonly lines: readonly LogLine[];
  /** Posts an operation with a key and gives the answer's JSON. */
  ask(key: string, query: string, variables?: object): Promise<GraphqlAnswer>;
  /** The same to the API of designers. */
  askDesign(key: string, query: string, variables?: object): Promise<GraphqlAnswer>;
}

/** A database with its control plane, and gateways on it; `close` ends everything that was opened through it. */
export class Harness {
  readonly database: TestDatabase;
  readonly control: ControlPlane;
  readonly #gateways: Gateway[] = [];

  private constructor(database: TestDatabase) {
    this.database = database;
    this.control = connectControlPlane({ url: database.designerUrl });
  }

  static async open(database?: TestDatabase): Promise<Harness> {
    return new Harness(database ?? (await createTestDatabase()));
  }

  /** What every gateway of these tests runs with. */
  get config(): GatewayConfig {
    const { gatewayUrl, designerUrl } = this.database;
    return {
      gatewayUrl,
      designerUrl,
      secret: 'a secret for tests alone',
      port: 0,
      poolSize: 3,
      logLevel: 'debug',
      links: linksUnderTest,
    };
  }

  /** How long Postgres waits before it looks for a deadlock, for connections that are opened from now on; a second else. */
  async lookForDeadlocksAfter(time: string): Promise<void> {
    const name = new URL(this.database.adminUrl).pathname.slice(1);
    await asAdmin(this.database, (admin) =>
      admin.query(`alter database ${identifier(name)} set deadlock_timeout = ${literal(time)}`),
    );
  }

  async tenant(slug: string, document: unknown = skyway()): Promise<TestTenant> {
    const tenant = await createTenant(this.control, { slug });
    if (document !== null) await this.apply(tenant, document);
    const keyOf = async (role: BuiltInRole) => (await createKey(this.control, tenant.id, { role })).key;
    const keys = {
      viewer: await keyOf('viewer'),
      editor: await keyOf('editor'),
      designer: await keyOf('designer'),
      admin: await keyOf('admin'),
    };
    return { ...tenant, keys };
  }

  /** Whether clients use what goes or not. */
  async apply(tenant: Pick<TenantRow, 'id'>, document: unknown): Promise<void> {
    await applyRegistry(this.control, tenant.id, document, { appliedBy: 'test' });
  }

  async gateway(config: Partial<GatewayConfig> = {}): Promise<TestGateway> {
    const lines: LogLine[] = [];
    const options = { ...this.config, ...config };
    const logger = createLogger(
      { logLevel: 'debug' },
      {
        write: (line) => {
          lines.push(JSON.parse(line));
        },
      },
    );
    const gateway = await startGateway(options, logger);
    this.#gateways.push(gateway);
    return {
      ...gateway,
      lines,
      ask: (key, query, variables) => ask(gateway.url, key, query, variables),
      askDesign: (key, query, variables) => ask(gateway.url, key, query, variables, '/design'),
    };
  }

  async close(): Promise<void> {
    for (const gateway of this.#gateways) await gateway.close();
    await this.control.close();
    await this.database.drop();
  }
}

export async function ask(
  url: string,
  key: string,
  query: string,
  variables?: object,
  path = '/graphql',
): Promise<GraphqlAnswer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphqlAnswer;
}

/** The data of an answer that has no errors. */
export function dataOf(answer: GraphqlAnswer): Record<string, unknown> {
  expect(answer.errors).toBeUndefined();
  return answer.data ?? {};
}

export function codesOf(answer: GraphqlAnswer): unknown[] {
  return (answer.errors ?? []).map(({ extensions }) => extensions.code);
}

/** Makes an airport and gives its id. */
export async function createAirport(
  gateway: TestGateway,
  key: string,
  iata: string,
  city?: string,
): Promise<string> {
  const answer = await gateway.ask(
    key,
    'mutation ($input: CreateAirportInput!) { createAirport(input: $input) { airport { id } } }',
    { input: { iata, city } },
  );
  const { createAirport: payload } = dataOf(answer) as { createAirport: { airport: { id: string } } };
  return payload.airport.id;
}

/** Waits until something holds, as announcements take their time: longest on a machine that does much beside. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUp = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error('it has not come to hold within 30 seconds');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/**
 * What is let in for so many milliseconds alone (a key, a token) is answered at first and refused in the end. Where the
 * machine is too slow for the first answer, it is given longer.
 */
export async function untilEnded(
  letIn: (milliseconds: number) => Promise<() => Promise<GraphqlAnswer>>,
): Promise<void> {
  for (const milliseconds of [500, 2_000, 20_000]) {
    const ask = await letIn(milliseconds);
    if ((await ask()).errors) continue;
    let codes: readonly unknown[] = [];
    await until(async () => {
      codes = codesOf(await ask());
      return codes.length > 0;
    });
    expect(codes).toEqual(['UNAUTHENTICATED']);
    return;
  }
  throw new Error('it was never let in');
}

/** Whether a statement of a gateway waits for a lock that somebody holds. */
export function isHeldUp(database: TestDatabase): Promise<boolean> {
  return asAdmin(database, async (admin) => {
    const { rows } = await admin.query(
      `select from pg_stat_activity
        where datname = current_database() and usename = 'formwork_gateway' and wait_event_type = 'Lock'`,
    );
    return rows.length > 0;
  });
}
