import { createKey } from '@formwork/directory';
import type { RegistryDocument } from '@formwork/registry';
import { dataOf, type Harness, type TestGateway, type TestTenant } from './harness.ts';

const mine = { owner: { email: { eq: { claim: 'email' } } } };

/** Agents see what is public and what is theirs; of owners those who are public, and themselves. */
export const agency: RegistryDocument = {
  formwork: 1,
  entities: [
    {
      key: 'owner',
      fields: [
        { key: 'email', type: 'email', required: true, unique: true },
        { key: 'name', type: 'text', indexed: true },
        { key: 'is_public', type: 'boolean' },
        { key: 'iban', type: 'text' },
      ],
    },
    {
      key: 'listing',
      softDelete: true,
      fields: [
        { key: 'code', type: 'text', unique: true },
        { key: 'title', type: 'text', indexed: true },
        { key: 'price', type: 'integer', indexed: true },
        { key: 'secret', type: 'text', default: 'none' },
        {
          key: 'status',
          type: 'select',
          default: 'private',
          options: { choices: [{ key: 'private' }, { key: 'public' }] },
        },
        { key: 'owner', type: 'link', options: { target: 'owner', inverse: 'listings' } },
        { key: 'viewers', type: 'links', options: { target: 'owner', inverse: 'viewed' } },
        { key: 'owner_name', type: 'lookup', options: { via: 'owner', field: 'name' } },
      ],
      keys: [{ key: 'by_owner', fields: ['owner', 'title'] }],
    },
    {
      key: 'visit',
      fields: [
        { key: 'note', type: 'text', indexed: true },
        { key: 'listing', type: 'link', options: { target: 'listing', inverse: 'visits' } },
      ],
    },
  ],
  roles: [
    {
      key: 'agent',
      permissions: [
        {
          entity: 'owner',
          read: {
            fields: ['email', 'name', 'is_public'],
            where: { or: [{ is_public: { eq: true } }, { email: { eq: { claim: 'email' } } }] },
          },
        },
        {
          entity: 'listing',
          read: {
            fields: ['code', 'title', 'price', 'status', 'owner', 'viewers', 'owner_name'],
            where: { or: [{ status: { eq: 'public' } }, mine] },
          },
          create: { where: mine },
          update: { fields: ['code', 'title', 'price', 'owner', 'viewers'], where: mine },
          delete: { where: mine },
        },
        { entity: 'visit', read: true, create: true, update: true, delete: true },
      ],
    },
    { key: 'clerk', permissions: [{ entity: 'visit', read: { fields: ['note'] } }] },
    {
      key: 'stranger',
      permissions: [
        { entity: 'listing', read: { where: { not: mine } } },
        { entity: 'owner', read: { where: { listings: { none: { code: { eq: { claim: 'code' } } } } } } },
        { entity: 'visit', read: { where: { listing: { price: { lte: { claim: 'most' } } } } } },
      ],
    },
  ],
};

export type Ids = Readonly<Record<string, string>>;

interface Person {
  readonly email: string;
  readonly name: string;
  readonly isPublic: boolean;
}

const people: readonly Person[] = [
  { email: 'ann@x.org', name: 'Ann', isPublic: false },
  { email: 'pat@x.org', name: 'Pat', isPublic: true },
  { email: 'hid@x.org', name: 'HIDDEN Bob', isPublic: false },
];

/** By code; those of "hid" with status private are hidden from Ann. */
const listings = [
  {
    code: 'a1',
    title: 'Attic',
    price: 100,
    status: 'PRIVATE',
    owner: 'ann@x.org',
    viewers: ['pat@x.org', 'hid@x.org'],
  },
  { code: 'a2', title: 'Barn', price: 200, status: 'PUBLIC', owner: 'ann@x.org', viewers: [] },
  { code: 'p1', title: 'Castle', price: 300, status: 'PUBLIC', owner: 'pat@x.org', viewers: ['ann@x.org'] },
  {
    code: 'p2',
    title: 'HIDDEN Den',
    price: 999,
    status: 'PRIVATE',
    owner: 'pat@x.org',
    viewers: ['ann@x.org'],
  },
  {
    code: 'h1',
    title: 'HIDDEN Estate',
    price: 1,
    status: 'PRIVATE',
    owner: 'hid@x.org',
    viewers: ['pat@x.org'],
  },
  { code: 'h2', title: 'Farm', price: 400, status: 'PUBLIC', owner: 'hid@x.org', viewers: ['hid@x.org'] },
] as const;

const visits = [
  { note: 'one', listing: 'a1' },
  { note: 'two', listing: 'p1' },
  { note: 'three', listing: 'p2' },
  { note: 'four', listing: 'h1' },
  { note: 'five', listing: null },
  { note: 'six', listing: 'h1' },
] as const;

/** Fills a tenant; without the hidden records, and what leads to them, where `whole` is false. Ids by code and email. */
export async function fillAgency(gateway: TestGateway, tenant: TestTenant, whole: boolean): Promise<Ids> {
  const isHidden = (text: string) => !whole && text.includes('HIDDEN');
  const hiddenPeople = new Set<string>(people.filter(({ name }) => isHidden(name)).map(({ email }) => email));
  const hiddenListings = new Set<string>(
    listings.filter(({ title }) => isHidden(title)).map(({ code }) => code),
  );
  const ids: Record<string, string> = {};
  const create = async (type: string, key: string, input: object) => {
    const field = type.toLowerCase();
    const text = `mutation ($input: Create${type}Input!) { create${type}(input: $input) { ${field} { id } } }`;
    const data = dataOf(await gateway.ask(tenant.keys.admin, text, { input }));
    ids[key] = (data[`create${type}`] as Record<string, { id: string }>)[field]?.id ?? '';
  };
  for (const person of people) {
    if (!hiddenPeople.has(person.email)) await create('Owner', person.email, { ...person, iban: 'DE00' });
  }
  const linkTo = (key: string | null) => (key !== null && ids[key] ? { id: ids[key] } : null);
  for (const { owner, viewers, ...listing } of listings) {
    if (hiddenListings.has(listing.code)) continue;
    const seen = viewers.flatMap((email) => linkTo(email) ?? []);
    await create('Listing', listing.code, {
      ...listing,
      secret: 's',
      owner: linkTo(owner),
      viewers: { add: seen },
    });
  }
  for (const { note, listing } of visits) {
    await create('Visit', note, { note, listing: linkTo(listing) });
  }
  return ids;
}

/** A key of a role with claims. */
export async function roleKey(
  harness: Harness,
  tenant: TestTenant,
  role: string,
  claims: Readonly<Record<string, string | number>> = {},
): Promise<string> {
  return (await createKey(harness.control, tenant.id, { role, claims })).key;
}
