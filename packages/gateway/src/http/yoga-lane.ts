import type { Lane, LaneRequest } from './lane.ts';
import type { Yoga } from './yoga.ts';

/** Headers that an answer may carry through; yoga sets others only for what is off. */
const passedOn = ['content-type', 'allow', 'www-authenticate', 'retry-after'];

/** The whole way through yoga. */
export function createYogaLane(yoga: Yoga): Lane {
  return async (lane) => {
    const response = await yoga.fetch(asRequest(yoga, lane), { operation: lane.operation });
    const headers = passedOn.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    });
    return { status: response.status, headers: Object.fromEntries(headers), body: await response.text() };
  };
}

/** The request as the front understood it, so that both lanes answer the same one. */
function asRequest(yoga: Yoga, { params, method, media }: LaneRequest): Request {
  const url = `http://localhost${yoga.graphqlEndpoint}`;
  const { operationName, variables } = params;
  // yoga wants one, and reads none: the document was prepared from its text or its id.
  const query = params.query || '{ __typename }';
  if (method === 'POST') {
    const headers = { accept: media, 'content-type': 'application/json' };
    return new yoga.fetchAPI.Request(url, {
      method,
      headers,
      body: JSON.stringify({ query, operationName, variables }),
    });
  }
  const search = new URLSearchParams({ query });
  if (operationName !== null) search.set('operationName', operationName);
  if (variables !== null) search.set('variables', JSON.stringify(variables));
  return new yoga.fetchAPI.Request(`${url}?${search}`, { method, headers: { accept: media } });
}
