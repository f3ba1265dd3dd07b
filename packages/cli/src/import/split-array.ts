import { Failure } from '../failure.ts';
import { quote } from '../quote.ts';
import type { JsonPiece } from './read-json.ts';
import { longestRecord } from './read-text.ts';

/**
 * The elements of one big JSON array as pieces of text. It knows brackets and strings and nothing else: each piece is
 * read by a real parser afterwards, so a fault inside an element costs that element alone. (The streaming parsers on
 * npm stop at the first fault, tell no line, and have made doubles of the numbers before we see their digits.)
 */
export async function* splitArray(text: AsyncIterable<string>, path: string): AsyncGenerator<JsonPiece> {
  const splitter = new ArraySplitter(path);
  for await (const chunk of text) yield* splitter.split(chunk);
  splitter.assertFinished();
}

class ArraySplitter {
  readonly #path: string;
  #place: 'before' | 'inside' | 'behind' = 'before';
  #line = 1;
  /** Brackets open inside the element. */
  #depth = 0;
  #inString = false;
  #isEscaped = false;
  /** Text of the element that came with earlier chunks, and where it began; 0: not yet. */
  #element = '';
  #elementLine = 0;
  #elements = 0;

  constructor(path: string) {
    this.#path = path;
  }

  *split(chunk: string): Generator<JsonPiece> {
    let start = 0;
    for (let index = 0; index < chunk.length; index += 1) {
      const character = chunk[index] ?? '';
      if (character === '\n') this.#line += 1;
      if (this.#inString) this.#readString(character);
      else if (this.#place === 'inside') {
        const isEnd = this.#depth === 0 && (character === ',' || character === ']');
        if (isEnd) {
          yield* this.#endElement(chunk.slice(start, index), character);
          start = index + 1;
        } else this.#readElement(character);
      } else if (!isSpace(character)) {
        this.#open(character);
        start = index + 1;
      }
    }
    if (this.#place === 'inside') this.#keep(chunk.slice(start));
  }

  assertFinished(): void {
    if (this.#place === 'before') throw this.#notArray('is empty');
    if (this.#place === 'inside') throw this.#notArray(`ends at line ${this.#line} before the array does`);
  }

  #open(character: string): void {
    if (this.#place === 'behind') throw this.#notArray(`goes on behind the array at line ${this.#line}`);
    if (character !== '[') throw this.#notArray(`begins with ${quote(character)}`);
    this.#place = 'inside';
  }

  #readString(character: string): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (character === '\\') this.#isEscaped = true;
    else if (character === '"') this.#inString = false;
  }

  #readElement(character: string): void {
    if (isSpace(character)) return;
    if (this.#elementLine === 0) this.#elementLine = this.#line;
    if (character === '"') this.#inString = true;
    else if (character === '[' || character === '{') this.#depth += 1;
    else if ((character === ']' || character === '}') && this.#depth > 0) this.#depth -= 1;
  }

  *#endElement(text: string, end: string): Generator<JsonPiece> {
    const element = this.#element + text;
    const isEmptyArray = end === ']' && this.#elements === 0 && element.trim() === '';
    this.#elements += 1;
    if (!isEmptyArray)
      yield { line: this.#elementLine || this.#line, element: this.#elements, text: element };
    if (end === ']') this.#place = 'behind';
    this.#element = '';
    this.#elementLine = 0;
  }

  #keep(text: string): void {
    this.#element += text;
    if (this.#element.length <= longestRecord) return;
    throw new Failure(
      `The element at line ${this.#elementLine} is longer than ${longestRecord} characters: nothing behind it was read.`,
    );
  }

  #notArray(what: string): Failure {
    return new Failure(
      `${quote(this.#path)} should be one JSON array of objects, and it ${what}. ` +
        'Objects on lines of their own are read with --as jsonl.',
    );
  }
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}
