import { readSettings, type Settings, SettingsError } from '@formwork/gateway';
import { type ControlPlane, connectControlPlane, type OpenedPostgres, openPostgres } from '@formwork/pg';
import { Failure } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** The Postgres of a running gateway, or one that runs for the time of this command. */
export interface Installation {
  readonly settings: Settings;
  readonly postgres: OpenedPostgres;
  readonly control: ControlPlane;
}

/** Lends the installation that the environment names, migrated; lets go of it afterwards, come what may. */
export async function withInstallation<T>(
  terminal: Terminal,
  work: (installation: Installation) => Promise<T>,
): Promise<T> {
  const settings = readEnvironment(terminal);
  const postgres = await openPostgres(settings);
  const control = connectControlPlane({ url: postgres.designerUrl });
  try {
    return await work({ settings, postgres, control });
  } finally {
    await control.close();
    await postgres.stop();
  }
}

/** @throws Failure (exit code 2) that lists every variable that is wrong */
function readEnvironment({ environment }: Pick<Terminal, 'environment'>): Settings {
  try {
    return readSettings(environment);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new Failure('The environment is not right.', { problems: error.message.split('\n'), exitCode: 2 });
  }
}
