import { parsePublicKey } from './access/public-key.ts';

/** One environment variable: how it is called, what it means and how its text is read. */
export interface Setting<T> {
  readonly name: string;
  /** As `--help` prints it; null where there is none. */
  readonly default: string | null;
  readonly description: string;
  /** Throws an `Error` whose message says what the value must be. */
  parse(text: string | undefined): T;
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

export function integer(name: string, value: number, bounds: Bounds, description: string): Setting<number> {
  return {
    name,
    default: String(value),
    description,
    parse(text) {
      if (text === undefined) return value;
      const number = /^\d{1,15}$/.test(text.trim()) ? Number(text) : Number.NaN;
      if (number >= bounds.min && number <= bounds.max) return number;
      throw new Error(`must be a whole number from ${bounds.min} to ${bounds.max}`);
    },
  };
}

export function text(name: string, value: string, description: string): Setting<string> {
  return { name, default: value, description, parse: (given) => given ?? value };
}

/** Undefined when it is not set. */
export function optionalText(
  name: string,
  description: string,
  check: (text: string) => void = () => {},
): Setting<string | undefined> {
  return {
    name,
    default: null,
    description,
    parse(given) {
      if (given !== undefined) check(given);
      return given;
    },
  };
}

export function choice<const T extends string>(
  name: string,
  value: T,
  choices: readonly T[],
  description: string,
): Setting<T> {
  return {
    name,
    default: value,
    description: `${description} One of ${choices.join(', ')}.`,
    parse(given) {
      const found = choices.find((one) => one === (given ?? value));
      if (found === undefined) throw new Error(`must be one of ${choices.join(', ')}`);
      return found;
    },
  };
}

export function flag(name: string, value: boolean, description: string): Setting<boolean> {
  const words: Readonly<Record<string, boolean>> = {
    true: true,
    on: true,
    1: true,
    false: false,
    off: false,
    0: false,
  };
  return {
    name,
    default: String(value),
    description,
    parse(given) {
      const found = given === undefined ? value : words[given.trim().toLowerCase()];
      if (found === undefined) throw new Error('must be true or false');
      return found;
    },
  };
}

/** Parts between commas. */
export function list(
  name: string,
  description: string,
  check: (part: string) => void,
): Setting<readonly string[]> {
  return {
    name,
    default: null,
    description,
    parse(given) {
      const parts = (given ?? '').split(',').map((part) => part.trim());
      const found = parts.filter((part) => part !== '');
      for (const part of found) check(part);
      return found;
    },
  };
}

export function assertPostgresUrl(value: string): void {
  if (!/^postgres(?:ql)?:\/\/./.test(value))
    throw new Error('must be a URL like postgres://user:password@host:5432/name');
}

export function assertSecret(value: string): void {
  if (value.length < 16) throw new Error('must have at least 16 characters');
}

export function assertOrigin(value: string): void {
  const origin = URL.canParse(value) ? new URL(value).origin : null;
  if (origin !== value || !/^https?:/.test(value))
    throw new Error('must hold origins like https://app.example.com');
}

export function assertTokenSecret(value: string): void {
  if (Buffer.byteLength(value) < 32) throw new Error('must have at least 32 bytes');
}

export function assertPublicKey(value: string): void {
  parsePublicKey(value);
}

/** In the clear only from this machine: whoever can change the answer can make tokens. */
export function assertJwksUrl(value: string): void {
  const url = URL.canParse(value) ? new URL(value) : null;
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url?.hostname ?? '');
  if (url?.protocol !== 'https:' && !(url?.protocol === 'http:' && isLocal))
    throw new Error('must be a URL like https://issuer.example.com/.well-known/jwks.json');
}
