import { asAdmin, createTestDatabase, createTestTenant, type TestDatabase } from '@formwork/testkit';
import { readTemplate } from '../src/templates.ts';
import { type Outcome, runHere, Scratch } from './command-line.ts';

/** A field of nearly every type, and a key of two fields with a link to it. */
const design = {
  formwork: 1,
  entities: [
    {
      key: 'leg',
      fields: [
        { key: 'number', type: 'text', required: true },
        { key: 'day', type: 'date', required: true },
      ],
      keys: [{ key: 'by_number', fields: ['number', 'day'] }],
    },
    {
      key: 'sample',
      fields: [
        { key: 'title', label: 'Title of it', type: 'text' },
        { key: 'count', type: 'integer', default: 5 },
        { key: 'ratio', type: 'number' },
        { key: 'price', type: 'decimal', options: { scale: 2, precision: 30 } },
        { key: 'fee', type: 'currency' },
        { key: 'active', type: 'boolean' },
        { key: 'day', type: 'date' },
        { key: 'moment', type: 'datetime' },
        { key: 'at', type: 'time' },
        {
          key: 'kind',
          type: 'select',
          options: {
            choices: [
              { key: 'small', label: 'Small' },
              { key: 'very_large', label: 'Very large' },
            ],
          },
        },
        { key: 'colors', type: 'multi_select', options: { choices: [{ key: 'red' }, { key: 'blue' }] } },
        { key: 'mail', type: 'email' },
        { key: 'extra', type: 'json' },
        { key: 'serial', type: 'autonumber' },
        { key: 'leg', type: 'link', options: { target: 'leg' } },
      ],
    },
  ],
} as const;

export interface Summary {
  readonly rows: number;
  readonly written: number;
  readonly rejected: number;
  readonly firstRejected: readonly { readonly line: number; readonly reason: string }[];
}

/** Tenants to import into: "air" with two airports, "shop", and "types" with a field of nearly every type. */
export class ImportHarness {
  readonly database: TestDatabase;
  readonly environment: Readonly<Record<string, string>>;
  readonly scratch = new Scratch();

  private constructor(database: TestDatabase) {
    this.database = database;
    this.environment = { DATABASE_URL: database.adminUrl };
  }

  static async open(): Promise<ImportHarness> {
    const harness = new ImportHarness(await createTestDatabase());
    await createTestTenant(harness.database, 'air', await readTemplate('aviation'));
    await createTestTenant(harness.database, 'shop', await readTemplate('marketplace'));
    await createTestTenant(harness.database, 'types', design);
    const made = await harness.importInto(
      'air',
      'airport',
      'airports.csv',
      'iata,name,city\nJFK,Kennedy,New York\nLAX,Los Angeles Intl,"Los Angeles"\n',
    );
    expect(made.code).toBe(0);
    return harness;
  }

  /** Imports a file of that content. */
  importInto(
    tenant: string,
    entity: string,
    name: string,
    content: string | Buffer,
    ...options: string[]
  ): Promise<Outcome> {
    const file = this.scratch.file(name, content);
    const words = ['import', '--tenant', tenant, '--entity', entity, file, ...options];
    return runHere(words, { environment: this.environment });
  }

  /** The data of all records of an entity, as it stands in the column. */
  stored(tenant: string, entity: string): Promise<readonly Record<string, unknown>[]> {
    return asAdmin(this.database, async (admin) => {
      const { rows } = await admin.query(
        `select r.data from formwork.records r join formwork.tenants t on t.id = r.tenant_id
         where t.slug = $1 and r.entity_type = $2 order by r.id`,
        [tenant, entity],
      );
      return rows.map(({ data }: { data: Record<string, unknown> }) => data);
    });
  }

  async close(): Promise<void> {
    await this.database.drop();
    this.scratch.remove();
  }
}
