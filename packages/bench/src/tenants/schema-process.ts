import { createRegistry, deriveTypeNames, type Entity, type Registry } from '@formwork/registry';
import { buildGraphqlSchema } from '@formwork/schema-factory';

/** A process of its own, with `--expose-gc`, in which nothing but schemas is made: tells what they cost. */

const collect = (globalThis as { readonly gc?: () => void }).gc;
if (collect === undefined) throw new Error('Start this with --expose-gc');

const schemas = 20;

/** The design that the aims speak of: 50 entities of 20 fields, one of them a link. */
function registryOf(prefix: string): Registry {
  const types = ['text', 'text', 'integer', 'decimal', 'boolean', 'date', 'datetime', 'long_text', 'number'];
  const keyOf = (index: number) => `${prefix}_${index % 50}`;
  const entities = Array.from({ length: 50 }, (_, index) => ({
    key: keyOf(index),
    fields: [
      ...Array.from({ length: 19 }, (_unused, field) => ({
        key: `some_field_${field}`,
        type: types[field % types.length],
      })),
      { key: 'owner', type: 'link', options: { target: keyOf(index + 1), inverse: 'owned' } },
    ],
  }));
  const made = createRegistry({ formwork: 1, entities } as never);
  if ('problems' in made) throw new Error(JSON.stringify(made.problems));
  return made.registry;
}

/** Looks at what a list of records with a filter, an order and a link names. */
function look(schema: ReturnType<typeof buildGraphqlSchema>, { entities }: Registry): void {
  for (const entity of entities.slice(0, 2) as readonly Entity[]) {
    const { connection, filter, order } = deriveTypeNames(entity.names);
    for (const name of [entity.names.type, connection, filter, order]) {
      const type = schema.getType(name);
      if (type && 'getFields' in type) type.getFields();
    }
  }
}

function heapUsed(): number {
  for (let times = 0; times < 4; times += 1) collect?.();
  return process.memoryUsage().heapUsed;
}

function timed(list: readonly Registry[], work: (registry: Registry, index: number) => void): number[] {
  return list.map((registry, index) => {
    const started = performance.now();
    work(registry, index);
    return performance.now() - started;
  });
}

// A gateway has built others before.
for (let index = 0; index < 10; index += 1) {
  const registry = registryOf(`warm_${index}`);
  const schema = buildGraphqlSchema(registry);
  look(schema, registry);
  schema.getTypeMap();
}
const registries = Array.from({ length: schemas }, (_, index) => registryOf(`thing_${index}`));
const before = heapUsed();
const kept: ReturnType<typeof buildGraphqlSchema>[] = [];
const first = timed(registries, (registry) => {
  const schema = buildGraphqlSchema(registry);
  look(schema, registry);
  kept.push(schema);
});
const asked = (heapUsed() - before) / schemas;
const rest = timed(registries, (_, index) => kept[index]?.getTypeMap());
const whole = (heapUsed() - before) / schemas;
console.log(JSON.stringify({ asked: { bytes: asked, ms: first }, whole: { bytes: whole, ms: rest } }));
