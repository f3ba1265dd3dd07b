import type { ProblemList } from './problem-list.ts';
import { describe, quote } from './quote.ts';

const deepest = 40;

/**
 * First look at unknown input: is it JSON, of bearable size and depth, with text that Postgres can store? Answers
 * whether the rest may read it; a text that cannot be stored is a problem, but no reason to stop.
 */
export function checkJson(input: unknown, longest: number, problems: ProblemList): boolean {
  let length = 0;

  function walk(value: unknown, path: string, depth: number): boolean {
    length += typeof value === 'string' ? value.length + 3 : 4;
    if (length > longest) {
      return stop(
        'DOCUMENT_TOO_LARGE',
        '',
        `The document is longer than ${longest} characters. Split the design.`,
      );
    }
    if (depth > deepest) {
      return stop('DOCUMENT_TOO_DEEP', path, `The document is nested deeper than ${deepest} levels.`);
    }
    if (typeof value === 'string') {
      checkText(value, path);
      return true;
    }
    if (
      value === null ||
      typeof value === 'boolean' ||
      (typeof value === 'number' && Number.isFinite(value))
    ) {
      return true;
    }
    if (Array.isArray(value)) {
      return value.every((item: unknown, index) => walk(item, `${path}[${index}]`, depth + 1));
    }
    if (isObject(value)) {
      return Object.entries(value).every(([name, item]) => walkProperty(name, item, path, depth));
    }
    return stop('NOT_JSON', path, `The document must be JSON, but here is ${describe(value)}.`);
  }

  function walkProperty(name: string, item: unknown, path: string, depth: number): boolean {
    length += name.length;
    const at = joinPath(path, name);
    checkText(name, at);
    return item === undefined || walk(item, at, depth + 1);
  }

  function checkText(text: string, path: string): void {
    if (text.includes('\u0000') || /\p{Surrogate}/u.test(text)) {
      problems.add(
        'TEXT_INVALID',
        path,
        `The text ${quote(text)} has characters that no database can store.`,
      );
    }
  }

  function stop(code: string, path: string, message: string): false {
    problems.add(code, path, message);
    return false;
  }

  return walk(input, '', 0);
}

/** A JSON object, and not a list, a Date, a Map … */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** "entities[0]" and "label" to "entities[0].label". Names that are no words are quoted: they come from outside. */
export function joinPath(path: string, name: string): string {
  if (!/^[A-Za-z_$][\w$]{0,99}$/.test(name)) {
    return `${path}[${quote(name)}]`;
  }
  return path === '' ? name : `${path}.${name}`;
}
