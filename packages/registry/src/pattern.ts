import { PatternGroup } from './pattern-group.ts';
import { quote } from './quote.ts';

const longestPattern = 500;
/** What RE2 allows, nested repetitions multiplied. */
const mostRepeats = 1000;
/** Characters of the pattern with its counted repetitions written out: what an engine builds for it. */
const mostSize = 5000;

/** The pieces of a pattern that the "u" flag accepts: escape, class, beginning of a group, its end, … */
export const patternToken =
  /(?<escape>\\(?:[pPu]\{[^}]*\}|u[\dA-Fa-f]{4}|x[\dA-Fa-f]{2}|c[A-Za-z]|k<[^>]*>|\d+|.))|(?<set>\[(?:\\.|[^\]\\])*\])|(?<open>\((?:\?(?:<?[=!]|:|<[^>]*>))?)|(?<close>\))|(?<or>\|)|(?<repeat>[*+?]|\{\d+(?:,\d*)?\})\??|(?<edge>[\^$])|(?<character>.)/gsu;

/**
 * Why a pattern is refused, as a sentence; null if it may be used. Patterns come from customers and are run on every
 * write, so whatever can make a backtracking engine run for ever is refused by its form (a repetition that can divide
 * the same text in many ways, references back, looking around), and so is what engines of linear time do not know.
 */
export function patternProblem(pattern: string): string | null {
  if (pattern === '' || pattern.length > longestPattern) {
    return `The pattern must have 1 to ${longestPattern} characters, not ${pattern.length}.`;
  }
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(': ').at(-1) : 'unknown';
    return `The pattern ${quote(pattern)} is not a regular expression: ${reason}.`;
  }
  const reason = unknownPart(pattern) ?? dangerousPart(pattern);
  return reason === null ? null : `The pattern ${quote(pattern)} ${reason}.`;
}

function unknownPart(pattern: string): string | null {
  for (const { 0: text, groups: kind = {} } of pattern.matchAll(patternToken)) {
    if (/^\\[1-9k]/.test(text)) {
      return 'refers back to a group, which can take for ever. Write it without the reference';
    }
    if (/^\(\?<?[=!]/.test(text)) {
      return 'looks ahead or behind, which is not supported. Write it without "(?=", "(?!", "(?<=" or "(?<!"';
    }
    if (/^\(\?<(?!\w+>)/.test(text)) {
      return 'names a group with other characters than a-z, 0-9 and _. Write it without the name';
    }
    for (const [escaped, category] of text.matchAll(/\\(?:[pP]\{([^}]*)\}|.)/gsu)) {
      if (category !== undefined && !/^[A-Z][a-z]?$/.test(category)) {
        return `uses ${quote(escaped)}, and of these only general categories are supported, as "\\p{L}"`;
      }
      if (kind.set !== undefined && escaped === '\\b') {
        return 'uses "\\b" within brackets, which is not supported. Write "\\x08"';
      }
    }
  }
  return null;
}

function dangerousPart(pattern: string): string | null {
  const groups = [new PatternGroup()];
  for (const { 0: text, groups: kind = {} } of pattern.matchAll(patternToken)) {
    const group = groups.at(-1) as PatternGroup;
    const parent = groups.at(-2);
    if (kind.open !== undefined) {
      groups.push(new PatternGroup());
    } else if (kind.close !== undefined && parent !== undefined) {
      groups.pop();
      parent.addGroup(group);
    } else if (kind.or !== undefined) {
      group.addAlternative();
    } else if (kind.repeat !== undefined) {
      const [least, most] = countOf(kind.repeat);
      if (!group.repeatLast(least, most)) {
        return 'repeats a part that can match the same text in several ways, which can take for ever. Write the part without repetition or alternatives of its own, or begin it with a character that is nowhere else in it';
      }
    } else if (kind.edge === undefined && !/^\\[bB]$/.test(text)) {
      group.addCharacter(text);
    }
    if (group.repeats > mostRepeats || group.size > mostSize) {
      return `repeats too much: at most ${mostRepeats} times, and ${mostSize} characters when written out. Use fewer, or "maxLength"`;
    }
  }
  return null;
}

/** Least and most of "*", "+", "?", "{2}", "{2,}", "{2,4}". */
function countOf(repeat: string): [number, number] {
  const [, least = '', comma, most = ''] = /^\{(\d+)(,?)(\d*)/.exec(repeat) ?? [];
  if (least !== '') {
    const fixed = comma === '' ? Number(least) : Infinity;
    return [Number(least), most === '' ? fixed : Number(most)];
  }
  return [repeat === '+' ? 1 : 0, repeat === '?' ? 1 : Infinity];
}
