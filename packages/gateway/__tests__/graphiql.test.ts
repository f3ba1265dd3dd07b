/** GraphiQL as a person uses it, in a real Chromium where the machine has one: nothing is installed for this. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { createAirport, dataOf, Harness, type TestGateway, type TestTenant } from './harness.ts';
import { skyway } from './skyway.ts';

const places = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const executablePath = places.find((place) => place !== undefined && existsSync(place));
const reason = executablePath === undefined ? ' (skipped: no Chromium; CHROMIUM may say where one is)' : '';
const describeHere = executablePath === undefined ? describe.skip : describe;

jest.setTimeout(300_000);

describeHere(`GraphiQL in a browser${reason}`, () => {
  let harness: Harness;
  let tenant: TestTenant;
  let gateway: TestGateway;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    harness = await Harness.open();
    tenant = await harness.tenant('skyway', described());
    gateway = await harness.gateway();
    await createAirport(gateway, tenant.keys.editor, 'OSL', 'Oslo');
    browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await harness.close();
  });
  beforeEach(async () => {
    page = await browser.newPage();
    // On a busy machine Chromium alone takes a quarter of a minute.
    page.setDefaultTimeout(60_000);
  });
  afterEach(() => page.close());

  test('takes a key and then shows the docs with the words of the designer', async () => {
    await open();
    await showDocs('Query', 'Airport');
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByText('Where flights begin and end.').waitFor();
    await docs.getByText('iata', { exact: true }).click();
    await docs.getByText('As IATA gives them.').waitFor();
  });

  test('completes names, runs a query and shows its answer', async () => {
    await open();
    await write('Operation Editor', '');
    await page.keyboard.type('{ airp');
    await page.keyboard.press('Control+Space');
    const suggestions = page.locator('.suggest-widget .monaco-list-row');
    await suggestions.filter({ hasText: 'airportByIata' }).first().waitFor();
    await write('Operation Editor', '{ airports(where: { iata: { eq: "OSL" } }) { nodes { iata city } } }');
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: /^Execute query/ }).click();
    await page.getByLabel('Result Window').getByText('"Oslo"').waitFor();
  });

  test('shows a field after a reload that was added through /design meanwhile', async () => {
    await open();
    await showDocs('Query', 'Airport');
    const added = page.locator('.graphiql-doc-explorer').getByText('runways', { exact: true });
    await page.locator('.graphiql-doc-explorer').getByText('iata', { exact: true }).waitFor();
    expect(await added.count()).toBe(0);
    await addField({ key: 'runways', type: 'integer' });
    await page.reload();
    await giveKey();
    await showDocs('Query', 'Airport');
    await added.waitFor();
  });

  /** GraphiQL with the key of an editor. */
  async function open(): Promise<void> {
    await page.goto(`${gateway.url}/graphql`);
    await giveKey();
  }

  async function giveKey(): Promise<void> {
    await page.getByRole('button', { name: 'Headers', exact: true }).click();
    await write('Headers', JSON.stringify({ authorization: `Bearer ${tenant.keys.editor}` }));
    const schema = page.waitForResponse(async (response) => (await response.text()).includes('__schema'));
    await page.getByRole('button', { name: /^Re-fetch GraphQL schema/ }).click();
    await schema;
  }

  /** Puts a text into one of the editors, in place of what is there. */
  async function write(editor: string, text: string): Promise<void> {
    await page.locator(`section[aria-label="${editor}"] .monaco-editor:visible`).first().click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
  }

  /** Walks through the docs, from type to type. */
  async function showDocs(...types: readonly string[]): Promise<void> {
    if (!(await page.locator('.graphiql-doc-explorer').isVisible())) {
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    }
    for (const type of types) {
      const link = page.locator('a.graphiql-doc-explorer-type-name', { hasText: new RegExp(`^${type}$`) });
      await link.first().click();
    }
  }

  async function addField(field: object): Promise<void> {
    const answer = await gateway.askDesign(
      tenant.keys.designer,
      'mutation ($document: JSON!) { applyRegistry(document: $document) { changed } }',
      { document: described(field) },
    );
    expect(dataOf(answer)).toEqual({ applyRegistry: { changed: true } });
  }
});

/** The tenant of these tests, with words of its designer, and maybe one more field of airports. */
function described(...more: readonly object[]): object {
  const document = skyway();
  const [airport, ...others] = document.entities;
  const [iata, ...fields] = airport?.fields ?? [];
  const told = {
    ...airport,
    description: 'Where flights begin and end.',
    fields: [{ ...iata, description: 'As IATA gives them.' }, ...fields, ...more],
  };
  return { ...document, entities: [told, ...others] };
}
