import { connectDataPlane, type DataPlane, type OpenedPostgres } from '@formwork/pg';

/** Milliseconds for one batch of an import: nobody waits behind a request here. */
const budget = 600_000;

/** Lends a data plane of few connections: a command is one caller. */
export async function withDataPlane<T>(
  { gatewayUrl }: Pick<OpenedPostgres, 'gatewayUrl'>,
  work: (dataPlane: DataPlane) => Promise<T>,
): Promise<T> {
  const dataPlane = connectDataPlane({ url: gatewayUrl, max: 2, budget });
  try {
    return await work(dataPlane);
  } finally {
    await dataPlane.close();
  }
}
