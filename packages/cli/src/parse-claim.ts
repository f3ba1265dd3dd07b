import { InvalidArgumentError } from 'commander';

export type ClaimValues = Readonly<Record<string, unknown>>;

/** One more `--claim`: `email=ann@example.com` is text, `level:=3` is JSON. A name that is given twice is a list. */
export function parseClaim(text: string, before: ClaimValues = {}): ClaimValues {
  const [, name, isJson, given] = /^([^=:]+(?::[^=]+)*?)(:?)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || given === undefined) {
    throw new InvalidArgumentError('Write email=ann@example.com, or level:=3 for a number.');
  }
  const value = isJson === ':' ? parseJson(given) : given;
  const known = Object.hasOwn(before, name) ? [before[name]].flat() : [];
  return { ...before, [name]: known.length === 0 ? value : [...known, value].flat() };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('What stands behind ":=" must be JSON: 3, true, ["north", "south"].');
  }
}
