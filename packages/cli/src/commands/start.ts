import { once } from 'node:events';
import { type Setting, settings, startGateway, unknownSettings } from '@formwork/gateway';
import { didYouMean } from '@formwork/registry';
import { type Command, InvalidArgumentError } from 'commander';
import { examples, jsonOption } from '../command-help.ts';
import { type DemoTenant, loadDemo } from '../demo/load-demo.ts';
import { describeStart, tryOut } from '../describe-start.ts';
import { Failure } from '../failure.ts';
import { print, type Terminal } from '../terminal.ts';
import { type Installation, withInstallation } from '../with-installation.ts';

interface StartOptions {
  readonly port?: number;
  readonly host?: string;
  readonly demo?: boolean;
  readonly json?: boolean;
}

/** `formwork start`. */
export function addStartCommand(program: Command, terminal: Terminal): void {
  program
    .command('start')
    .description(
      'Start a gateway, and with it an embedded Postgres unless DATABASE_URL names one. Ctrl-C stops both.',
    )
    .option(
      '--port <port>',
      `port to listen on (default: FORMWORK_PORT, or ${settings.port.default})`,
      reader(settings.port),
    )
    .option('--host <host>', `address to listen on (default: FORMWORK_HOST, or ${settings.host.default})`)
    .option(
      '--demo',
      'make the tenants "aviation" and "marketplace" with their data, if they are not there, and print their keys',
    )
    .addOption(jsonOption())
    .addHelpText(
      'after',
      examples(
        'formwork start --demo',
        'formwork start --port 8080 --host 0.0.0.0',
        'DATABASE_URL=postgres://admin@db.example.com/formwork formwork start',
      ),
    )
    .action((options: StartOptions) =>
      withInstallation(terminal, (installation) => start(terminal, installation, options)),
    );
}

/** Returns when the gateway has been stopped; Postgres, which it needs to the end, is stopped after that. */
async function start(terminal: Terminal, installation: Installation, options: StartOptions): Promise<void> {
  const { interrupted: signal } = terminal;
  const isJson = options.json === true;
  const tell = tellTo(terminal, isJson);
  warnOfUnknown(terminal);
  // A gateway is no batch job: it never has what sees all tenants.
  const { systemUrl: _, ...settings } = installation.settings;
  // Before the demo data, so that a port that is taken is told at once.
  const gateway = await startGateway({
    ...settings,
    ...installation.postgres,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.host === undefined ? {} : { host: options.host }),
  }).catch(explainPort);
  try {
    const demo = options.demo === true ? await loadDemo(installation, { tell, signal }) : [];
    tellReady(terminal, isJson, gateway.url, demo);
    if (!signal.aborted) await once(signal, 'abort');
  } catch (error) {
    // Data that was being loaded is rolled back; the next start begins anew.
    if (!signal.aborted) throw error;
  } finally {
    tell('Stopping …');
    await gateway.close();
  }
}

/** A limit that somebody believes to have set would be missed when it is needed. */
function warnOfUnknown({ environment, error }: Terminal): void {
  const known = Object.values(settings).map(({ name }) => name);
  for (const name of unknownSettings(environment)) {
    error.write(
      `The variable ${name} is none of Formwork's and is left alone.${didYouMean(name, known)} "formwork --help" lists all.\n`,
    );
  }
}

function tellReady(terminal: Terminal, isJson: boolean, url: string, demo: readonly DemoTenant[]): void {
  const value = {
    url,
    graphql: `${url}/graphql`,
    tenants: demo,
    ...(demo.length === 0 ? {} : { query: tryOut.query }),
  };
  print(terminal, isJson, value, describeStart(url, demo));
}

/** What happens on the way goes where it disturbs no machine. */
function tellTo(terminal: Terminal, isJson: boolean): (line: string) => void {
  return (line) => (isJson ? terminal.error : terminal.out).write(`${line}\n`);
}

function explainPort(error: unknown): never {
  const cause = error instanceof Error ? error.cause : undefined;
  if (error instanceof Error && cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') {
    throw new Failure(`${error.message} The option --port does so too.`);
  }
  throw error;
}

/** Options are read as the variables are. */
function reader<T>(setting: Setting<T>): (text: string) => T {
  return (text) => {
    try {
      return setting.parse(text);
    } catch (error) {
      throw new InvalidArgumentError(`It ${error instanceof Error ? error.message : String(error)}.`);
    }
  };
}
