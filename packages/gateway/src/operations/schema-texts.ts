import { createHash } from 'node:crypto';
import { Cache, type Memory } from '@formwork/records';
import { inSteps, type Steps } from '@formwork/registry';
import type { ExecutionResult } from 'graphql';
import { textBytes } from '../tenants/sizes.ts';
import type { TextResult } from './introspection.ts';

/**
 * What is said of schemas: answers to introspection, and SDL. Kept as text for each API shape, written once for all who
 * ask meanwhile, and in steps: of 200 entities it has 5 MB, which take 260 ms to make. Of one shape one after the other:
 * a question can be put in any number of words, and what is being written counts in no memory yet.
 */
export class SchemaTexts {
  readonly #texts: Cache<string, SchemaText>;
  readonly #underway = new Map<string, Promise<SchemaText | ExecutionResult>>();
  /** The last in the line of each shape. */
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(memory: Memory) {
    this.#texts = new Cache(memory, ({ text }, key) => textBytes(text, key));
  }

  /** `key`: API shape, document and operation, each on a line of its own. */
  async answer(key: string, write: () => Generator<void, string | ExecutionResult>): Promise<TextResult> {
    const known = await this.#get(key, write);
    return known instanceof SchemaText ? { data: {}, stringify: () => known.text } : known;
  }

  /** The SDL of an API shape. */
  async sdl(shape: string, write: () => Generator<void, string>): Promise<SchemaText> {
    return (await this.#get(`${shape}\nSDL`, write)) as SchemaText;
  }

  async #get(
    key: string,
    write: () => Generator<void, string | ExecutionResult>,
  ): Promise<SchemaText | ExecutionResult> {
    const known = this.#texts.get(key) ?? this.#underway.get(key);
    if (known !== undefined) return known;
    const writing = this.#write(key, write).finally(() => this.#underway.delete(key));
    this.#underway.set(key, writing);
    return writing;
  }

  async #write(
    key: string,
    write: () => Generator<void, string | ExecutionResult>,
  ): Promise<SchemaText | ExecutionResult> {
    const text = await this.#inLine(key.slice(0, key.indexOf('\n')), write);
    if (typeof text !== 'string') return text;
    const made = new SchemaText(text);
    this.#texts.set(key, made);
    return made;
  }

  async #inLine<Text>(shape: string, write: () => Steps<Text>): Promise<Text> {
    const before = this.#last.get(shape);
    const writing = (before ?? Promise.resolve()).then(() => inSteps(write()));
    // Whoever is next waits for the end of it, whatever came of it.
    const over = writing.then(
      () => {},
      () => {},
    );
    this.#last.set(shape, over);
    try {
      return await writing;
    } finally {
      if (this.#last.get(shape) === over) this.#last.delete(shape);
    }
  }
}

class SchemaText {
  readonly text: string;
  #hash: string | null = null;

  constructor(text: string) {
    this.text = text;
  }

  /** sha256 (hex). */
  get hash(): string {
    this.#hash ??= createHash('sha256').update(this.text).digest('hex');
    return this.#hash;
  }
}
