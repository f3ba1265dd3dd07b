import { asAdmin } from '@formwork/testkit';
import { checkCatalog, type Finding } from './catalog-promises.ts';
import { type CheckedPlans, checkToldPlans } from './check-told-plans.ts';
import { type Explained, explainAll } from './explain.ts';
import { runFuzz } from './fuzz.ts';
import { brokenWithout, type TakenAway, takenAway } from './taken-away.ts';
import type { Tally } from './tally.ts';

/** What there is to show that tenants are kept apart. */
export interface Evidence {
  readonly version: string;
  readonly catalog: readonly Finding[];
  readonly fuzz: Omit<Tally, 'count'>;
  readonly explained: Explained;
  readonly carriedOut: CheckedPlans;
  /** Protections that were taken away, and whether that was noticed. */
  readonly missed: readonly { readonly protection: TakenAway; readonly isNoticed: boolean }[];
}

export async function gatherEvidence(options: {
  readonly operations: number;
  readonly seed: number;
}): Promise<Evidence> {
  let rest: Omit<Evidence, 'fuzz'> | undefined;
  const fuzz = await runFuzz({ ...options, plans: true }, async (world) => {
    const explained = await explainAll(world);
    const carriedOut = await checkToldPlans(world);
    const { database } = world.harness;
    const catalog = await asAdmin(database, checkCatalog);
    const { rows } = await asAdmin(database, (admin) =>
      admin.query<{ server_version: string }>('show server_version'),
    );
    await world.gateway.close();
    const missed = [];
    for (const protection of takenAway) {
      const broken = await brokenWithout(database, protection);
      missed.push({ protection, isNoticed: broken.some((name) => name.includes(protection.promise)) });
    }
    rest = { version: rows[0]?.server_version ?? '', catalog, explained, carriedOut, missed };
  });
  if (rest === undefined) throw new Error('The run was not looked at');
  return { ...rest, fuzz };
}

/** Whether all of it says what it should. */
export function holds({ catalog, fuzz, explained, carriedOut, missed }: Evidence): boolean {
  return (
    catalog.every(({ broken, examined }) => broken.length === 0 && examined.length > 0) &&
    fuzz.leaks.length === 0 &&
    explained.unscoped.length === 0 &&
    carriedOut.unscoped.length + carriedOut.unseen.length === 0 &&
    missed.every(({ isNoticed }) => isNoticed)
  );
}

/** The evidence as a page for whoever has to vouch for it. */
export function writeReport(evidence: Evidence, date: Date): string {
  const { version, catalog, fuzz, explained, carriedOut, missed } = evidence;
  const lines = [
    '# Isolation of tenants: the evidence',
    '',
    `Made on ${date.toISOString().slice(0, 10)} on Postgres ${version} by \`npm run isolation-report\`. ${
      holds(evidence) ? 'Everything on this page holds.' : '**Something on this page does not hold.**'
    } What is defended, against whom and by which walls: [security.md](security.md).`,
    '',
    '## What the catalog says',
    '',
    'Read off a database with tenants whose designs use every mechanism that generates SQL.',
    '',
    '| promise | looked at | broken by |',
    '|---|---|---|',
    ...catalog.map(
      ({ name, examined, broken }) => `| ${name} | ${examined.length} | ${broken.join(', ') || 'nothing'} |`,
    ),
    '',
    '## What four tenants could get out of each other',
    '',
    `${number(fuzz.operations)} operations with the seed ${fuzz.seed}, over three shared connections, of four tenants at once: two of one design, one whose design has the same names for other things, one with nothing in common. Every text that a tenant writes is marked as its own, and every id is known by who was given it.`,
    '',
    `- ${number(fuzz.answered)} were answered with data, ${number(fuzz.refused)} with errors.`,
    `- ${number(fuzz.thrown)} had markers of other tenants in them: their unique values, words and names, and beside those ids and cursors.`,
    `- ${number(fuzz.left)} more requests were left by their clients before the answer.`,
    `- ${number(fuzz.compared)} answers were compared with those of a twin that is alone in a database and was asked the same: counts, numbers drawn, errors, order. So were the ${number(fuzz.comparedStatements)} statements that led to them: whoever asks for what another has takes the way of whoever asks for what nobody has.`,
    `- ${number(fuzz.notifications)} notifications said which tenant had changed to which version, and nothing else.`,
    `- Statuses: ${[...fuzz.statuses]
      .sort()
      .map(([status, count]) => `${status} (${number(count)})`)
      .join(', ')}.`,
    '',
    fuzz.leaks.length === 0
      ? 'No status, header, body, count or number carried anything of another tenant.'
      : `**${fuzz.leaks.length} answers carried something across:**\n\n\`\`\`\n${fuzz.leaks.join('\n\n')}\n\`\`\``,
    '',
    '| operation | tenants | times |',
    '|---|---|---|',
    ...kindsOf(fuzz),
    '',
    '## What was sent to Postgres',
    '',
    `Each of the ${number(explained.statements)} distinct statements of that run was planned as the gateway's role. Their plans have ${number(explained.scans)} scans of tables with rows of tenants; ${scoped(explained.unscoped)}. ${number(explained.without)} more texts begin and end transactions.`,
    '',
    '## What was carried out in functions and triggers',
    '',
    `Postgres told the plans of all that it carried out for the gateway: ${number(carriedOut.statements)} distinct statements, with ${number(carriedOut.scans)} scans of such tables; ${scoped(carriedOut.unscoped)}, or is a look of Postgres' own at a foreign key, for the tenant of the record in hand, or one into the index of words by a word that begins with the tenant's number. Functions that were met: ${carriedOut.functions.join(', ')}. ${
      carriedOut.unseen.length === 0
        ? 'Every function with more rights than its caller is among them.'
        : `**Not met, though they have more rights than their caller: ${carriedOut.unseen.join(', ')}.**`
    }`,
    '',
    '## What is noticed when it is missing',
    '',
    '| protection taken away | noticed |',
    '|---|---|',
    ...missed.map(({ protection, isNoticed }) => `| ${protection.name} | ${isNoticed ? 'yes' : '**no**'} |`),
    '',
  ];
  return lines.join('\n');
}

function scoped(unscoped: readonly string[]): string {
  if (unscoped.length === 0) return 'each has the tenant in its conditions';
  return `**${unscoped.length} have no tenant in their conditions:**\n\n\`\`\`\n${unscoped.join('\n\n')}\n\`\`\``;
}

function kindsOf({ kinds }: Pick<Tally, 'kinds'>): string[] {
  const names = new Set([...kinds.keys()].map((key) => key.slice(2)));
  return [...names].sort().map((name) => {
    const tenants = ['a', 'b', 'c', 'd'].filter((letter) => kinds.has(`${letter} ${name}`));
    const count = tenants.reduce((sum, letter) => sum + (kinds.get(`${letter} ${name}`) ?? 0), 0);
    return `| ${name} | ${tenants.join(', ')} | ${number(count)} |`;
  });
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}
