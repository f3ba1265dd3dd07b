/** Where the gateway is and who asks: `npm start` in the repository's root prints a key for each demo tenant. */
export const url = `${process.env.FORMWORK_URL ?? 'http://localhost:4000'}/graphql`;
export const headers = { authorization: `Bearer ${process.env.FORMWORK_KEY ?? ''}` };

/** Sends an operation and gives its data; what went wrong is thrown as the gateway tells it. */
export async function send<Data>(query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data | null; errors?: { message: string }[] };
  if (errors || data === null) throw new Error(errors?.map(({ message }) => message).join('\n'));
  return data;
}

/** Of all airports that the examples make. */
export const country = 'Exampleland';

/** Airports of an earlier run go first, so that each example can run as often as one likes. */
export async function forgetAirports(): Promise<void> {
  const where = { country: { eq: country } };
  await send('mutation ($where: AirportFilter!) { deleteAirports(where: $where, atMost: 10) { ids } }', {
    where,
  });
}
