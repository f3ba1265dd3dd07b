import { Agent } from 'node:http';
import { accessChannel, createKey, revokeKey } from '@formwork/directory';
import { type Gateway, startGateway } from '@formwork/gateway';
import { createRegistry, type RegistryDocument } from '@formwork/registry';
import { exportRegistry, registryChannel } from '@formwork/registry-store';
import { buildGraphqlSchema } from '@formwork/schema-factory';
import type { GraphQLSchema } from 'graphql';
import { Harness, type TestTenant } from '../harness.ts';
import { rawRequest } from '../raw-request.ts';
import { idsIn } from './markers.ts';
import { SentStatements } from './sent-statements.ts';
import { ToldPlans } from './told-plans.ts';

/** A tenant under fire, known by the letter of its markers. */
export interface Fighter {
  readonly letter: string;
  readonly tenant: TestTenant;
  readonly design: RegistryDocument;
  readonly schema: GraphQLSchema;
}

export interface Reply {
  readonly status: number;
  /** Status, headers and body. */
  readonly whole: string;
  readonly body: string;
}

export interface Sending {
  readonly path?: string;
  readonly method?: string;
  readonly key?: string;
  readonly body: string;
}

/** A database with its tenants and one gateway that they share. */
export class World {
  readonly harness: Harness;
  readonly gateway: Gateway;
  readonly fighters = new Map<string, Fighter>();
  readonly statements: SentStatements;
  readonly plans: ToldPlans | null;
  /** What everybody who may connect to the database hears; see `listen`. */
  readonly notifications: string[] = [];
  readonly #agent = new Agent({ keepAlive: true });
  /** By fighter: what the tenant was given, in the order in which it was, so that twins name it alike. */
  readonly #ids = new Map<string, string[]>();
  readonly #places = new Map<string, string>();
  readonly #cursors = new Map<string, string[]>();

  private constructor(
    harness: Harness,
    gateway: Gateway,
    statements: SentStatements,
    plans: ToldPlans | null,
  ) {
    this.harness = harness;
    this.gateway = gateway;
    this.statements = statements;
    this.plans = plans;
  }

  /** With `plans`, Postgres tells the plan of whatever it carries out, and the world keeps them. */
  static async open(
    designs: Readonly<Record<string, RegistryDocument>>,
    { plans = false } = {},
  ): Promise<World> {
    const harness = await Harness.open();
    const statements = new SentStatements();
    const told = plans ? await ToldPlans.open(harness.database) : null;
    const { config } = harness;
    const gateway = await startGateway(
      { ...config, gatewayUrl: told?.gatewayUrl ?? config.gatewayUrl },
      statements.logger,
    );
    const world = new World(harness, gateway, statements, told);
    for (const [letter, design] of Object.entries(designs)) {
      // The slug of a twin is the same, and has no marker: it stands in keys.
      const tenant = await harness.tenant(`fighter-${letter}`, design);
      const made = createRegistry(await exportRegistry(harness.control, tenant.id));
      if (!('registry' in made)) throw new Error(JSON.stringify(made.problems));
      world.fighters.set(letter, { letter, tenant, design, schema: buildGraphqlSchema(made.registry) });
    }
    return world;
  }

  /** Hears, as any tenant's gateway does, what is announced of all of them. */
  async listen(): Promise<{ stop(): Promise<void> }> {
    const { control } = this.harness;
    const hear = async (channel: string) =>
      control.listen(
        channel,
        (payload) => this.notifications.push(`${channel} ${payload}`),
        () => {},
      );
    const hearing = [await hear(registryChannel), await hear(accessChannel)];
    return {
      stop: async () => {
        for (const one of hearing) await one.close();
      },
    };
  }

  fighter(letter: string): Fighter {
    const found = this.fighters.get(letter);
    if (found === undefined) throw new Error(`There is no tenant "${letter}"`);
    return found;
  }

  /** A machine that is too busy to connect to Postgres is no finding: what nothing came of is asked again. */
  async send(letter: string, sending: Sending): Promise<Reply> {
    let reply = await this.#sendOnce(letter, sending);
    for (let tries = 0; reply.status === 503 && tries < 20; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      reply = await this.#sendOnce(letter, sending);
    }
    return reply;
  }

  async #sendOnce(letter: string, sending: Sending): Promise<Reply> {
    const { keys } = this.fighter(letter).tenant;
    const { path = '/graphql', method = 'POST', key = keys.admin, body } = sending;
    const {
      status,
      headers,
      body: text,
    } = await rawRequest(this.gateway.url, {
      path,
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      agent: this.#agent,
      ...(method === 'GET' ? {} : { body }),
    });
    return { status, whole: `${status} ${JSON.stringify(headers)} ${text}`, body: text };
  }

  /** Sends it and goes away before the answer is there, or as it comes. */
  async sendAndLeave(letter: string, body: string, milliseconds: number): Promise<void> {
    const { keys } = this.fighter(letter).tenant;
    await fetch(`${this.gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.admin}` },
      body,
      signal: AbortSignal.timeout(milliseconds),
    })
      .then((response) => response.text())
      .catch(() => {});
  }

  /** A key of the tenant is made and ended, which every gateway is told. */
  async changeKeys(letter: string): Promise<void> {
    const { control } = this.harness;
    const { tenant } = this.fighter(letter);
    await revokeKey(control, tenant.id, (await createKey(control, tenant.id, { role: 'viewer' })).id);
  }

  /** The n-th id that the tenant was given. */
  id(letter: string, place: number): string {
    return this.#ids.get(letter)?.[place] ?? '0193f5a2-7c1e-7000-8000-000000000000';
  }

  cursor(letter: string, place: number): string {
    return this.#cursors.get(letter)?.[place] ?? 'bm9uZQ';
  }

  known(letter: string): { readonly ids: number; readonly cursors: number } {
    return { ids: this.#ids.get(letter)?.length ?? 0, cursors: this.#cursors.get(letter)?.length ?? 0 };
  }

  /** The answer without what differs between twins by its nature: ids are named by their place, moments and cursors left out. */
  comparable(letter: string, body: string, isForeign: (id: string) => boolean): string {
    const ids = this.#ids.get(letter) ?? [];
    this.#ids.set(letter, ids);
    for (const id of idsIn(body)) {
      if (this.#places.has(`${letter} ${id}`) || isForeign(id)) continue;
      this.#places.set(`${letter} ${id}`, `#${ids.length}#`);
      ids.push(id);
    }
    const cursors = this.#cursors.get(letter) ?? [];
    this.#cursors.set(letter, cursors);
    return body
      .replace(/"(cursor|endCursor|startCursor)":"([^"]+)"/g, (_, name: string, cursor: string) => {
        if (cursors.length < 5000) cursors.push(cursor);
        return `"${name}":"@"`;
      })
      .replace(
        /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g,
        (id) => this.#places.get(`${letter} ${id}`) ?? id,
      )
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'T');
  }

  async close(): Promise<void> {
    this.#agent.destroy();
    await this.gateway.close();
    await this.plans?.close();
    await this.harness.close();
  }
}
