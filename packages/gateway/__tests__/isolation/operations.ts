import type { RegistryDocument } from '@formwork/registry';
import { Random } from '../differential/random.ts';
import type { Markers } from './markers.ts';
import { type Loot, randomDocument } from './random-document.ts';
import type { Sending, World } from './world.ts';

/** What one tenant asks; `#3#` stands for the third id that it was given, `@3@` for such a cursor. */
export interface Operation extends Sending {
  readonly kind: string;
  /** What it asks for is about all tenants, so nobody's twin can say the same. */
  readonly isOfAll?: boolean;
}

type Made = string | Omit<Operation, 'kind'>;

/** So many operations of a tenant from one to the next. */
const every = { clear: 150, design: 400 };

const nobody = '0193f5a2-7c1e-7000-8000-000000000000';

/** Makes the operations of one tenant, with what all others have in each place where something can be said. */
export class Operations implements Loot {
  readonly #world: World;
  readonly #markers: Markers;
  readonly #random: Random;
  readonly #letter: string;
  /** By tenant, what it has written of late. */
  readonly #texts: Map<string, string[]>;
  #made = 0;

  constructor(world: World, markers: Markers, seed: number, letter: string, texts: Map<string, string[]>) {
    this.#world = world;
    this.#markers = markers;
    this.#random = new Random(seed);
    this.#letter = letter;
    this.#texts = texts;
    texts.set(letter, []);
  }

  id(): string {
    const chance = this.#random.next();
    if (chance < 0.4) return this.#own();
    const other = this.#other();
    return chance < 0.95
      ? this.#world.id(other, this.#random.below(this.#world.known(other).ids + 1))
      : nobody;
  }

  text(): string {
    const texts = this.#texts.get(this.#random.chance(0.3) ? this.#letter : this.#other()) ?? [];
    return texts.length > 0 ? this.#random.pick(texts) : 'nothing';
  }

  cursor(): string {
    if (this.#random.chance(0.4))
      return `@${this.#random.below(this.#world.known(this.#letter).cursors + 1)}@`;
    const other = this.#other();
    return this.#world.cursor(other, this.#random.below(this.#world.known(other).cursors + 1));
  }

  next(): Operation {
    this.#made += 1;
    const shape = { a: this.#trade, b: this.#trade, c: this.#lookalike, d: this.#apart }[this.#letter];
    const kinds = { ...this.#common(), ...shape?.call(this) };
    const kind = this.#turn() ?? this.#kindOf(Object.keys(kinds));
    const made = kinds[kind]?.() ?? '';
    if (typeof made !== 'string') return { kind, ...made };
    return { kind, body: JSON.stringify({ query: made }) };
  }

  /** What has its turns. A design is what it was again soon, so that two have one shape most of the time. */
  #turn(): string | null {
    if (this.#made % every.clear === 0) return 'clear';
    return this.#made % every.design === 200 || this.#made % every.design === 220 ? 'a new design' : null;
  }

  /** The answers of some are long, and the same each time. */
  #kindOf(kinds: readonly string[]): string {
    const kind = this.#random.pick(kinds);
    return /^(introspection|schema|clear|metrics|a new design)$/.test(kind) && this.#random.chance(0.95)
      ? this.#kindOf(kinds)
      : kind;
  }

  #other(): string {
    const others = [...this.#world.fighters.keys()].filter((letter) => letter !== this.#letter);
    return this.#random.pick(others);
  }

  /** Rather one of the latest: the others may have been deleted. */
  #own(): string {
    const { ids } = this.#world.known(this.#letter);
    return `#${Math.max(0, ids - 1 - this.#random.below(30))}#`;
  }

  #fresh(): string {
    const texts = this.#texts.get(this.#letter) ?? [];
    const text = this.#markers.fresh(this.#letter);
    texts.push(text);
    if (texts.length > 300) texts.shift();
    return text;
  }

  /** Rarely one that is another's: there it is taken, here it is free. */
  #code(): string {
    return this.#random.chance(0.15) ? this.text() : this.#fresh();
  }

  /** What can be asked whatever the design is. */
  #common(): Record<string, () => Made> {
    const { schema, design } = this.#world.fighter(this.#letter);
    const badKeys = [
      '',
      'fw_x',
      `fw_fighter-${this.#other()}_${'A'.repeat(43)}`,
      'Bearer',
      `fw_fighter-zz_${'b'.repeat(43)}`,
    ];
    const random = () => randomDocument(schema, this.#random, this);
    return {
      random,
      'random too': random,
      'random again': random,
      node: () => `{ node(id: "${this.id()}") { __typename id } }`,
      nodes: () => `{ nodes(ids: ["${this.id()}", "${this.id()}", "${this.id()}"]) { __typename id } }`,
      'names of others': () =>
        this.#random.pick([
          '{ zqcVaults { totalCount } }',
          '{ zqdQuarries { nodes { zqdDepth } } }',
          '{ buyers { nodes { zqcCode } } }',
          '{ orders(where: { state: { eq: ZQC_STATE } }) { totalCount } }',
          '{ buyers { nodes { due zq } } }',
          '{ zq }',
          '{ __type(name: "ZqcVault") { name description fields { name description } } }',
          'mutation { createZqdQuarry(input: { name: "x" }) { zqdQuarry { id } } }',
        ]),
      introspection: () => '{ __schema { types { name description fields { name } enumValues { name } } } }',
      schema: () => ({ path: '/schema.graphql', method: 'GET', body: '' }),
      'the design': () => ({
        path: '/design',
        body: JSON.stringify({
          query: this.#random.pick([
            '{ registry { version document entities { key fields { key } } } }',
            '{ registry { entities { records } } }',
            '{ nonsense }',
          ]),
        }),
      }),
      'a new design': () => ({
        path: '/design',
        body: JSON.stringify({
          query:
            'mutation ($document: JSON!) { applyRegistry(document: $document) { version problems { message } } }',
          variables: { document: this.#made % every.design === 200 ? this.#redesigned(design) : design },
        }),
      }),
      metrics: () => ({ path: '/metrics', method: 'GET', body: '', isOfAll: true }),
      'a bad key': () => ({
        key: this.#random.pick(badKeys),
        body: JSON.stringify({ query: '{ __typename }' }),
      }),
      'a bad document': () =>
        this.#random.pick([
          '{',
          '{ nope }',
          'query A { __typename } query B { __typename }',
          '{ node(id: 5) { id } }',
          `{ node(id: "${this.text()}") { id } }`,
        ]),
      'a bad body': () => ({ body: this.#random.pick(['', '[]', '{"query":', 'null', '{"query":5}']) }),
    };
  }

  #redesigned(design: RegistryDocument): RegistryDocument {
    const entities = design.entities.map((entity) => ({ ...entity, description: this.#fresh() }));
    return { ...design, entities };
  }

  #trade(): Record<string, () => string> {
    const buyer = () =>
      `buyer: ${this.#random.chance(0.7) ? `{ id: "${this.id()}" }` : `{ by: { code: "${this.text()}" } }`}`;
    const order = (link = '') =>
      `{ title: "${this.#fresh()}", code: "${this.#code()}", price: ${this.#random.below(100)}, pieces: ${this.#random.below(5)}, state: OPEN ${link} }`;
    const orderFields =
      'id title code number total buyerName buyer { id name number due orderCount } tags { nodes { id word uses } totalCount }';
    const buyerInput = () =>
      `name: "${this.#fresh()}", story: "${this.#fresh()} ${this.#fresh()}", extra: { k: "${this.#fresh()}" }`;
    return {
      'create a buyer': () =>
        `mutation { createBuyer(input: { ${buyerInput()}, code: "${this.#code()}" }) { buyer { id name code number story extra due } } }`,
      'create an order': () =>
        `mutation { createOrder(input: ${order(buyer())}) { order { ${orderFields} } } }`,
      'create with what it links to': () =>
        `mutation { createOrder(input: ${order(`buyer: { create: { ${buyerInput()} } } tags: { add: [{ create: { word: "${this.#fresh()}" } }, { id: "${this.id()}" }] }`)}) { order { ${orderFields} } } }`,
      'create tagged': () =>
        `mutation { createOrder(input: ${order(`tags: { add: [{ create: { word: "${this.#code()}" } }] }`)}) { order { ${orderFields} } } }`,
      'create many': () =>
        `mutation { createOrders(inputs: [${order()}, ${order()}, ${order()}]) { orders { id number title } } }`,
      update: () =>
        `mutation { updateOrder(id: "${this.id()}", input: { price: 7, ${buyer()} }) { order { ${orderFields} } } }`,
      'update many': () =>
        `mutation { updateOrders(where: { title: { eq: "${this.text()}" } }, input: { price: 8 }) { orders { id price } } }`,
      upsert: () =>
        `mutation { upsertBuyer(by: { code: "${this.text()}" }, input: { name: "${this.#fresh()}" }) { buyer { id name number } } }`,
      delete: () => `mutation { deleteOrder(id: "${this.id()}") { id } }`,
      'delete a buyer': () => `mutation { deleteBuyer(id: "${this.id()}") { id } }`,
      restore: () => `mutation { restoreOrder(id: "${this.id()}") { order { id title } } }`,
      'several, one of which fails': () =>
        `mutation { a: createBuyer(input: { name: "${this.#fresh()}" }) { buyer { id number } } b: updateOrder(id: "${this.id()}", input: { price: 3 }) { order { id } } }`,
      'by id': () =>
        `{ order(id: "${this.id()}") { ${orderFields} } buyer(id: "${this.id()}") { id name due orders { totalCount } } }`,
      'by key': () =>
        `{ buyerByCode(code: "${this.text()}") { id name } orderByCode(code: "${this.text()}") { id title } tagByWord(word: "${this.text()}") { id uses } }`,
      'a page': () =>
        `{ orders(first: 3, after: "${this.cursor()}") { edges { cursor node { id title } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount } }`,
      'a sorted page': () =>
        `{ buyers(last: 2, orderBy: [{ name: DESC }]) { edges { cursor node { id name number } } totalCount pageInfo { startCursor hasPreviousPage } } }`,
      filters: () =>
        `{ orders(where: { or: [{ title: { eq: "${this.text()}" } }, { buyer: { name: { startsWith: "${this.text()}" } } }, { id: { in: ["${this.id()}"] } }] }) { nodes { id title } totalCount } }`,
      'what is not so': () =>
        `{ buyers(where: { not: { code: { eq: "${this.text()}" } }, orders: { none: { code: { eq: "${this.text()}" } } } }) { totalCount } }`,
      counts: () =>
        '{ buyers { totalCount } orders { totalCount } tags { totalCount } ordersAggregate { count sum { price total } max { number } } buyersAggregate { count max { number } } }',
      groups: () =>
        '{ ordersAggregate(groupBy: [{ buyer: { number: true } }], first: 5) { keys count sum { total } max { title } } }',
      search: () =>
        `{ buyers(search: "${this.text()}", first: 3) { nodes { id name story } totalCount } orders(search: "zq", first: 3) { nodes { id title } totalCount } }`,
      nested: () =>
        '{ buyers(first: 3, orderBy: [{ number: DESC }]) { nodes { id orders(first: 2) { nodes { id tags { nodes { id word orders(first: 2) { totalCount } } } } totalCount } ordersAggregate { count sum { total } } } } }',
      clear: () =>
        `mutation { deleteBuyers(where: { name: { startsWith: "zq" } }, atMost: 10000) { ids } deleteOrders(where: { title: { startsWith: "zq" } }, atMost: 10000) { ids } }`,
    };
  }

  #lookalike(): Record<string, () => string> {
    return {
      'create a buyer': () =>
        `mutation { createBuyer(input: { code: "${this.#code()}", zqcCode: "${this.#fresh()}", number: ${this.#random.below(9)}, name: { id: "${this.id()}" } }) { buyer { id code zqcCode } } }`,
      create: () =>
        `mutation { createZqcVault(input: { code: "${this.#code()}" }) { zqcVault { id code } } createOrder(input: { code: "${this.#fresh()}", title: 4, state: ZQC_STATE }) { order { id code state } } }`,
      'create many': () =>
        `mutation { createBuyers(inputs: [{ code: "${this.#code()}", name: { id: "${this.id()}" } }, { code: "${this.#fresh()}" }]) { buyers { id code } } }`,
      update: () =>
        `mutation { updateBuyer(id: "${this.id()}", input: { number: 4 }) { buyer { id code } } }`,
      delete: () => `mutation { deleteBuyer(id: "${this.id()}") { id } }`,
      'a page': () =>
        `{ buyers(first: 3, after: "${this.cursor()}") { edges { cursor node { id code name { id code } } } totalCount pageInfo { endCursor } } }`,
      search: () =>
        `{ buyers(search: "${this.text()}") { nodes { id code } totalCount } buyersAggregate(search: "${this.text()}") { count } }`,
      clear: () =>
        'mutation { deleteBuyers(where: { id: { isNull: false } }, atMost: 10000) { ids } deleteZqcVaults(where: { id: { isNull: false } }, atMost: 10000) { ids } }',
    };
  }

  #apart(): Record<string, () => string> {
    return {
      create: () =>
        `mutation { createZqdQuarry(input: { name: "${this.#fresh()}", code: "${this.#code()}", zqdDepth: ${this.#random.below(50)} }) { zqdQuarry { id name code } } }`,
      'create many': () =>
        `mutation { createZqdQuarries(inputs: [{ name: "${this.#fresh()}" }, { code: "${this.#code()}" }, { zqdDepth: 3 }]) { zqdQuarries { id name code } } }`,
      update: () =>
        `mutation { updateZqdQuarry(id: "${this.id()}", input: { name: "${this.#fresh()}" }) { zqdQuarry { id name } } }`,
      delete: () => `mutation { deleteZqdQuarry(id: "${this.id()}") { id } }`,
      'a page': () =>
        `{ zqdQuarries(first: 3, after: "${this.cursor()}") { edges { cursor node { id name } } totalCount pageInfo { endCursor } } }`,
      search: () =>
        `{ zqdQuarries(search: "${this.text()}") { nodes { id name } totalCount } zqdQuarriesAggregate(search: "${this.text()}") { count } }`,
      clear: () => 'mutation { deleteZqdQuarries(where: { id: { isNull: false } }, atMost: 10000) { ids } }',
    };
  }
}
