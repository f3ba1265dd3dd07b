import type { Problem } from '../problem.ts';
import { quote } from '../quote.ts';
import type { WorkingThing } from './working-document.ts';

/** A change that wrote something of a thing. */
interface Touch {
  readonly index: number;
  /** "changes[3].renameField" */
  readonly at: string;
  /** What of it: the first word of a path inside the thing, "*" for all of it. */
  readonly property: string;
  /** Where in the change that is said; the rest of the path is put behind it. Null: the place of the change is enough. */
  readonly argument: string | null;
}

/** Which change of the list did what: to find contradictions, and the place of what is wrong with the outcome. */
export class ChangeLog {
  readonly #touches = new Map<WorkingThing, Touch[]>();
  readonly #gone = new Map<string, string>();

  /** The change that has written this of the thing before, or null; from now on it is this one. */
  touch(thing: WorkingThing, touch: Touch): Touch | null {
    const touches = this.#touches.get(thing) ?? [];
    const before = touches.find(
      ({ property, index }) =>
        index !== touch.index && (property === touch.property || touch.property === 'gone'),
    );
    touches.push(touch);
    this.#touches.set(thing, touches);
    return before ?? null;
  }

  /** Why a name is there no more: `changes[0] renamed it to "b".` */
  noteGone(name: string, why: string): void {
    this.#gone.set(name, why);
  }

  whyGone(name: string): string {
    const why = this.#gone.get(name);
    return why === undefined ? '' : ` ${why}`;
  }

  isGone(name: string): boolean {
    return this.#gone.has(name);
  }

  /** The place in the list of a place in one of the things: the innermost thing comes first. */
  locate(
    problem: Problem,
    things: readonly { readonly thing: WorkingThing; readonly rest: string }[],
  ): Problem {
    for (const { thing, rest } of things) {
      const [, first = '', further = ''] = /^\.?([a-zA-Z]*)(.*)$/s.exec(rest) ?? [];
      const touches = [...(this.#touches.get(thing) ?? [])].reverse();
      const exact = touches.find(({ property }) => property === first);
      if (exact) {
        const path = exact.argument === null ? exact.at : `${exact.at}.${exact.argument}${further}`;
        return { ...problem, path };
      }
      const whole = touches.find(({ property }) => property === '*');
      if (whole) {
        return { ...problem, path: `${whole.at}${whole.argument ?? ''}${rest}` };
      }
      const last = touches[0];
      if (last) return { ...problem, path: last.at };
    }
    return { ...problem, path: problem.path === '' ? 'document' : `document.${problem.path}` };
  }
}

/** `"flight.status"`, as messages name it. */
export function nameOf(...keys: readonly string[]): string {
  return quote(keys.join('.'));
}
