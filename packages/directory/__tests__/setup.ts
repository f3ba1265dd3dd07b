import { type ControlPlane, connectControlPlane, connectDataPlane, type DataPlane } from '@formwork/pg';
import {
  asAdmin,
  countStatements,
  createTestDatabase,
  type StatementCounter,
  type TestDatabase,
} from '@formwork/testkit';

export interface Setup {
  readonly database: TestDatabase;
  readonly control: ControlPlane;
  readonly dataPlane: DataPlane;
  readonly counter: StatementCounter;
  /** Rows that a superuser sees. */
  rows(text: string, ...values: readonly unknown[]): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export async function setUp(): Promise<Setup> {
  const database = await createTestDatabase();
  const control = connectControlPlane({ url: database.designerUrl });
  const counter = countStatements();
  const dataPlane = connectDataPlane({ url: database.gatewayUrl, max: 2, onBatch: counter.onBatch });
  return {
    database,
    control,
    dataPlane,
    counter,
    rows: (text, ...values) =>
      asAdmin(database, async (client) => (await client.query(text, [...values])).rows),
    close: async () => {
      await dataPlane.close();
      await control.close();
      await database.drop();
    },
  };
}
