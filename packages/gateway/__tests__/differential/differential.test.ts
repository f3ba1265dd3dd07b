import { CursorNames, differenceOf } from './compare-answers.ts';
import { behindInputs, Coverage, everythingAskable } from './coverage.ts';
import { plain, type WantedCursor } from './draft.ts';
import { type Generated, generateDocument, modifiers } from './generate-document.ts';
import { type NaiveAnswer, NaiveExecutor } from './naive-executor.ts';
import { Random } from './random.ts';
import { makeRows } from './records-data.ts';
import { sabotages } from './sabotages.ts';
import { shrinkRequest } from './shrink-request.ts';
import { openSubject, type Request, type Subject, type Way } from './subject.ts';

const seed = Number(process.env.FORMWORK_SEED ?? Date.now() % 2 ** 31);
const documents = Number(process.env.FORMWORK_DOCUMENTS ?? 1_000);
/** Made before they are sent, so that the cursors that they need are asked for together. */
const batchSize = 25;

let subject: Subject;
let naive: NaiveExecutor;
const cursors = new CursorNames();
let coverage: Coverage;

beforeAll(async () => {
  subject = await openSubject(makeRows(seed, new Date()));
  const entities = subject.model.registry.entities.map(({ names }) => names.type);
  coverage = new Coverage(behindInputs(subject.schema, entities));
  naive = new NaiveExecutor(subject.model, subject.sdl);
});
afterAll(() => subject.close());

test(`${documents} random documents are answered as records in memory answer them (seed ${seed})`, async () => {
  const random = new Random(seed);
  const failures: string[] = [];
  const isMissing = () => missing().length > 0;
  // What is rare may not have occurred yet.
  for (let done = 0; done < documents || (isMissing() && done < 5 * documents); done += batchSize) {
    const batch = Array.from({ length: batchSize }, () =>
      generateDocument(subject.model, subject.schema, random, coverage),
    );
    await findCursors(batch.flatMap((made) => made.cursors));
    for (const made of batch) failures.push(...(await check(made)));
    if (failures.length >= Number(process.env.FORMWORK_FAILURES ?? 1)) throw new Error(failures.join('\n\n'));
  }
  expect(failures).toEqual([]);
  // Else nothing was said of them.
  expect(subject.planned()).toBeGreaterThan(documents / 4);
}, 1_000_000);

test(`between them they used everything that can be asked (seed ${seed})`, () => {
  expect(missing()).toEqual([]);
});

/** What should have occurred and has not. */
function missing(): string[] {
  const askable = everythingAskable(subject.schema);
  return coverage.missing([...askable, ...modifiers, ...sabotages.map(({ name }) => name), ...codes]);
}

/** What a read can be refused with; the others need a full pool, no time, no key or another registry. */
const codes = [
  ...['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'OPERATION_RESOLUTION_FAILURE'],
  ...['BAD_USER_INPUT', 'LIMIT_EXCEEDED'],
];

/** The differences of all ways of reading from the specification. */
async function check(made: Generated): Promise<string[]> {
  const wanted = await naive.ask(made.request);
  if (wanted.answer.data) coverage.add(made.uses);
  const codesOfErrors = (wanted.answer.errors ?? []).map(({ extensions }) => String(extensions?.code));
  if (made.sabotage && codesOfErrors.length > 0) coverage.add([made.sabotage.name]);
  coverage.add(codesOfErrors);
  const texts = new Map<Way, string | undefined>();
  const differences = await Promise.all(
    (['planned', 'nested', 'loaders'] as const).map(async (way) => {
      const difference = await compareInTime(wanted, made, way, texts);
      return difference && smallestReport(made, way, difference);
    }),
  );
  const found = differences.filter((difference) => difference !== null);
  const isSame = wanted.answer.errors || texts.get('planned') === texts.get('nested');
  return found.length > 0 || isSame ? found : differenceOfCharacters(ofOurs(made.request));
}

/** What is planned is written by other code, and clients may keep answers by their text. Asked again, for now goes on. */
async function differenceOfCharacters(request: Request): Promise<string[]> {
  const textOf = async (way: Way) => (await subject.ask(request, way)).text;
  const [before, planned, nested] = [await textOf('nested'), await textOf('planned'), await textOf('nested')];
  if (planned === nested || planned === before) return [];
  return [`Planned: ${planned}\nnested: ${nested}\n${request.query}\n${JSON.stringify(request.variables)}`];
}

/**
 * What is relative to now may change between two answers. So a difference counts where the specification says the same
 * before and after ours.
 */
async function compareInTime(
  wanted: NaiveAnswer,
  made: Generated,
  way: Way,
  texts: Map<Way, string | undefined>,
): Promise<string | null> {
  const difference = await compare(wanted, made, way, texts);
  if (difference === null) return null;
  const after = await naive.ask(made.request);
  const isSame = JSON.stringify(after.answer) === JSON.stringify(wanted.answer);
  return isSame ? difference : compareInTime(after, made, way, texts);
}

async function compare(
  wanted: NaiveAnswer,
  made: Generated,
  way: Way,
  texts: Map<Way, string | undefined>,
): Promise<string | null> {
  const ours = await subject.ask(ofOurs(made.request), way);
  texts.set(way, ours.text);
  const difference = differenceOf(wanted, ours, cursors);
  if (difference !== null || made.sabotage !== null || !wanted.answer.errors) return difference;
  return `a valid document is refused: ${JSON.stringify(wanted.answer.errors)}`;
}

/** The request with our cursors in the place of those of the naive executor. */
function ofOurs(request: Request): Request {
  const replace = (text: string) =>
    text.replace(/naive\|\w+\|[\w-]*\|[\da-f-]{36}/g, (found) => cursors.ours(found) ?? found);
  return {
    ...request,
    query: replace(request.query),
    variables: JSON.parse(replace(JSON.stringify(request.variables))) as Request['variables'],
  };
}

/** Asks for the cursors that have not been met yet: each is the start of the page of its record alone. */
async function findCursors(wanted: readonly WantedCursor[]): Promise<void> {
  const unknown = new Map(
    wanted.filter(({ text }) => cursors.ours(text) === undefined).map((one) => [one.text, one]),
  );
  for (const { text, typeName, orderBy, id } of unknown.values()) {
    const [lists, order] = [
      subject.model.registry.entityByTypeName.get(typeName)?.names.plural,
      `${typeName}Order`,
    ];
    const query = `query ($orderBy: [${order}!]) { list: ${lists}(first: 1, where: { id: { eq: "${id}" } }, orderBy: $orderBy) { pageInfo { startCursor } } }`;
    const variables = { orderBy: plain(orderBy ?? null) };
    const answer = await subject.ask({ query, variables, operationName: null }, 'loaders');
    const { startCursor } = (answer.data as { list: { pageInfo: { startCursor: string } } }).list.pageInfo;
    if (!cursors.match(text, startCursor)) throw new Error(`Another place has the cursor ${startCursor}`);
  }
}

/** The difference, and as little of the document as still shows one. */
async function smallestReport(made: Generated, way: Way, first: string): Promise<string> {
  const differenceIn = async (request: Request) =>
    differenceOf(await naive.ask(request), await subject.ask(ofOurs(request), way), cursors);
  const request = await shrinkRequest(
    made.request,
    async (smaller) => (await differenceIn(smaller)) !== null,
  );
  const difference = (await differenceIn(request)) ?? `It differed, and does not any more: ${first}`;
  const { query, variables } = ofOurs(request);
  return [
    `By ${way}${made.sabotage ? `, with ${made.sabotage.name}` : ''} (FORMWORK_SEED=${seed}):`,
    difference.length > 3000 ? `${difference.slice(0, 3000)}…` : difference,
    query,
    JSON.stringify(variables),
    ...subject.faults.slice(-1).map((fault) => JSON.stringify(fault)),
  ].join('\n');
}
