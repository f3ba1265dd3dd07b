import { country } from '../gateway.ts';

/** What both caches are asked. Every record is asked for its id, by which they know it again. */
export const list = /* GraphQL */ `
  query List($where: AirportFilter) {
    airports(first: 10, where: $where) {
      edges {
        cursor
        node {
          id
          version
          iata
          city
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

export const create = /* GraphQL */ `
  mutation Create($input: CreateAirportInput!) {
    createAirport(input: $input) {
      airport {
        id
        version
        iata
        city
      }
    }
  }
`;

export const update = /* GraphQL */ `
  mutation Update($id: ID!, $input: UpdateAirportInput!) {
    updateAirport(id: $id, input: $input) {
      airport {
        id
        version
        city
      }
    }
  }
`;

/** By the interface, so that a cache has to know what implements it. */
export const byNode = /* GraphQL */ `
  query ByNode($id: ID!) {
    node(id: $id) {
      id
      ... on Airport {
        city
      }
    }
  }
`;

export interface Airport {
  readonly id: string;
  readonly version: number;
  readonly iata: string;
  readonly city: string | null;
}

export interface List {
  readonly airports: {
    readonly edges: readonly { readonly cursor: string; readonly node: Airport }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

export interface Created {
  readonly createAirport: { readonly airport: Airport };
}

export interface Found {
  readonly node: Pick<Airport, 'id' | 'city'> | null;
}

export const oslo = { iata: 'OSL', name: 'Gardermoen', city: 'Osloo', country };
export const bergen = { iata: 'BGO', name: 'Flesland', city: 'Bergen', country };
export const where = { country: { eq: country } };
