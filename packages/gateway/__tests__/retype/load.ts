import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { deriveEntityNames } from '@formwork/registry';
import type { GraphqlAnswer } from '../harness.ts';
import { rentOf } from './flats.ts';
import { post } from './post.ts';

export interface LoadOptions {
  readonly key: string;
  readonly records: number;
  readonly writers: number;
  readonly readers: number;
  /** Milliseconds between two requests of one of them, at least. */
  readonly every: number;
  /** Of the values that are read by the new name; by the old one they are text. */
  readonly newType: 'String' | 'Decimal';
  /** Whose records they are ("flat"), and by which name their values are known at first ("rent"). */
  readonly entity?: string;
  readonly oldName?: string;
}

/** Which name a client uses: that of yesterday, or the new one, or, to read, both. */
export type Names = 'old' | 'new' | 'both';

/** A record that is written by one writer: every value that was sent for it, in order. */
interface Watched {
  readonly id: string;
  readonly values: string[];
  /** Place of the last value that was acknowledged. */
  acknowledged: number;
}

/** Writers and readers of one tenant, who know what each answer has to be. */
export class Load {
  readonly failures: string[] = [];
  readonly milliseconds: number[] = [];
  /** Requests that had no answer because their gateway was killed: who sent them asks another. */
  cutOff = 0;
  reads = 0;
  writes = 0;
  names: (client: number) => Names = () => 'old';
  gateways: readonly string[] = [];
  readonly #options: Required<LoadOptions>;
  /** "Flat" */
  readonly #type: string;
  readonly #watched: Watched[][];
  readonly #dead = new Set<string>();
  readonly #made = new Map<string, string[]>();
  #isOver = false;
  #work: Promise<unknown> = Promise.resolve();
  #startedAt = 0;

  constructor(options: LoadOptions) {
    this.#options = { entity: 'flat', oldName: 'rent', ...options };
    const { records, writers, entity } = this.#options;
    this.#type = deriveEntityNames(entity, `${entity}s`).type;
    const perWriter = Math.max(1, Math.min(2_000, Math.floor(records / writers)));
    const stride = Math.max(1, Math.floor(records / (perWriter * writers)));
    // All over the table, so that some are filled early and some late.
    this.#watched = Array.from({ length: writers }, (_, writer) =>
      Array.from({ length: perWriter }, (__, index): Watched => {
        const number = 1 + (((index * writers + writer) * stride) % records);
        return { id: idOf(entity, number), values: [rentOf(number)], acknowledged: 0 };
      }),
    );
  }

  start(): void {
    this.#startedAt = performance.now();
    const { writers, readers } = this.#options;
    this.#work = Promise.all([
      ...Array.from({ length: writers }, (_, client) => this.#repeat(() => this.#write(client))),
      ...Array.from({ length: readers }, (_, client) => this.#repeat(() => this.#read(client))),
    ]);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  /** Its requests may go without an answer from now on. */
  expectDeath(url: string): void {
    this.#dead.add(url);
  }

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** What of the acknowledged writes is not there, by the rents of all records (id → rent) and of those that were made. */
  findLost(rents: ReadonlyMap<string, string>, made: ReadonlyMap<string, string>): string[] {
    const lost: string[] = [];
    for (const { id, values, acknowledged } of this.#watched.flat()) {
      const found = rents.get(id);
      const isFound = values.slice(acknowledged).some((value) => isSame(value, found));
      if (!isFound) lost.push(`${id}: ${found} instead of ${values.slice(acknowledged).join(' or ')}`);
    }
    for (const [name, [rent]] of this.#made) {
      if (!isSame(rent, made.get(name))) lost.push(`${name}: ${made.get(name)} instead of ${rent}`);
    }
    return lost;
  }

  async #repeat(work: () => Promise<void>): Promise<void> {
    await sleep(Math.random() * this.#options.every);
    while (!this.#isOver) {
      const start = performance.now();
      await work().catch((error: unknown) => this.#fail(String(error)));
      await sleep(Math.max(0, this.#options.every - (performance.now() - start)));
    }
  }

  async #write(client: number): Promise<void> {
    const field = this.names(client) === 'old' ? this.#options.oldName : 'monthlyRent';
    const { entity } = this.#options;
    const value = `${Math.floor(Math.random() * 9000)}.${String(Math.floor(Math.random() * 100)).padStart(2, '0')}`;
    if (Math.random() < 0.1) {
      const name = `made ${client} ${this.writes} ${Math.random()}`;
      const create = `create${this.#type}`;
      const query = `mutation M($input: Create${this.#type}Input!) { ${create}(input: $input) { ${entity} { ${field} } } }`;
      const answer = await this.#ask(query, { input: { name, [field]: value } }, client);
      if (answer === null) return;
      this.#made.set(name, [value]);
      this.#expect(answer, create, [value], field);
    } else {
      const mine = this.#watched[client] ?? [];
      const record = mine[Math.floor(Math.random() * mine.length)] as Watched;
      const place = record.values.push(value) - 1;
      const update = `update${this.#type}`;
      const query = `mutation M($id: ID!, $input: Update${this.#type}Input!) {
        ${update}(id: $id, input: $input) { ${entity} { ${field} } } }`;
      const answer = await this.#ask(query, { id: record.id, input: { [field]: value } }, client);
      if (answer === null) return;
      record.acknowledged = place;
      this.#expect(answer, update, [value], field);
    }
    this.writes += 1;
  }

  async #read(client: number): Promise<void> {
    const names = this.names(client);
    const { oldName } = this.#options;
    const fields = names === 'both' ? [oldName, 'monthlyRent'] : [names === 'old' ? oldName : 'monthlyRent'];
    if (Math.random() < 0.1) await this.#readList(fields, client);
    else await this.#readOne(fields, client);
    this.reads += 1;
  }

  async #readOne(fields: readonly string[], client: number): Promise<void> {
    const writer = Math.floor(Math.random() * this.#watched.length);
    const of = this.#watched[writer] ?? [];
    const record = of[Math.floor(Math.random() * of.length)] as Watched;
    const from = record.acknowledged;
    const { entity } = this.#options;
    const query = `query Q($id: ID!) { ${entity}(id: $id) { ${fields.join(' ')} } }`;
    const answer = await this.#ask(query, { id: record.id }, client);
    if (answer === null) return;
    const found = answer.data?.[entity] as Record<string, unknown> | null | undefined;
    // Whatever was sent since the last that was acknowledged before the question.
    const possible = record.values.slice(from);
    const given = fields.map((field) => found?.[field]);
    if (
      !given.every((value) => isSame(value, given[0])) ||
      !possible.some((value) => isSame(value, given[0]))
    ) {
      this.#fail(`read ${JSON.stringify(answer)} of ${record.id} instead of ${possible.join(' or ')}`);
    }
  }

  /** A page in the order of the type: of texts, or of numbers, they ascend. */
  async #readList([field = '']: readonly string[], client: number): Promise<void> {
    const from = String(Math.floor(Math.random() * 4000));
    const { oldName, newType, entity } = this.#options;
    const type = field === oldName ? 'String' : newType;
    const query = `query L($from: ${type}!) {
      ${entity}s(first: 10, where: { ${field}: { gte: $from } }, orderBy: [{ ${field}: ASC }]) { nodes { ${field} } } }`;
    const answer = await this.#ask(query, { from }, client);
    if (answer === null) return;
    const page = (answer.data?.[`${entity}s`] as { nodes?: Record<string, string>[] } | undefined)?.nodes;
    const values = page?.map((node) => node[field] ?? '');
    const isAscending = (a: string, b: string) => (type === 'String' ? a <= b : Number(a) <= Number(b));
    const isRight = values?.every(
      (value, index) => isAscending(from, value) && isAscending(values[index - 1] ?? from, value),
    );
    if (!isRight) this.#fail(`list from ${from}: ${JSON.stringify(answer).slice(0, 500)}`);
  }

  #expect(answer: GraphqlAnswer, payload: string, [value]: readonly string[], field: string): void {
    const made = answer.data?.[payload] as Record<string, Record<string, unknown>> | null | undefined;
    const given = made?.[this.#options.entity]?.[field];
    if (!isSame(value, given)) this.#fail(`${payload} of ${value} answered ${JSON.stringify(answer)}`);
  }

  /** Null where the gateway was killed: nobody knows then what has become of a write. */
  async #ask(query: string, variables: object, client: number): Promise<GraphqlAnswer | null> {
    const url = this.gateways[Math.floor(Math.random() * this.gateways.length)] ?? '';
    const headers = { authorization: `Bearer ${this.#options.key}`, 'x-client-name': `app ${client % 2}` };
    const start = performance.now();
    try {
      const answer = await post(url, headers, { query, variables });
      this.milliseconds.push(performance.now() - start);
      if (answer.errors)
        this.#fail(`${query} ${JSON.stringify(variables)}: ${JSON.stringify(answer.errors)}`);
      return answer.errors ? null : answer;
    } catch (error) {
      if (!this.#dead.has(url)) throw error;
      this.cutOff += 1;
      return null;
    }
  }

  #fail(what: string): void {
    if (this.failures.length < 1000) this.failures.push(what);
  }
}

function idOf(entity: string, number: number): string {
  const digits = createHash('md5').update(`${entity} ${number}`).digest('hex');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Of the text and the decimal. */
function isSame(one: unknown, other: unknown): boolean {
  return (
    one !== undefined &&
    one !== null &&
    other !== undefined &&
    other !== null &&
    Number(one) === Number(other)
  );
}
