import fc from 'fast-check';

/** A record as formulas see it. */
export interface Row {
  readonly a: bigint | null;
  readonly b: bigint | null;
  readonly name: string | null;
  readonly other: string | null;
  readonly open: boolean | null;
}

/** An expression as text, and what it should come to: an interpreter that shares nothing with the compiler. */
export interface Sample<T> {
  readonly text: string;
  readonly value: (row: Row) => T | null;
}

type Kinds = { number: Sample<bigint>; text: Sample<string>; boolean: Sample<boolean> };

const literal = (text: string) => `"${text.replaceAll('"', '""')}"`;
export const words = fc.string({ unit: fc.constantFrom(...'aAzZäÄñ 1\'"\\%_жЖ🛩'), maxLength: 6 });

/** Null as soon as one side is. */
function both<A, B, T>(a: Sample<A>, b: Sample<B>, of: (a: A, b: B) => T | null): Sample<T>['value'] {
  return (row) => {
    const [x, y] = [a.value(row), b.value(row)];
    return x === null || y === null ? null : of(x, y);
  };
}

const cut = (text: string, from: number, to?: number) => [...text].slice(from, to).join('');
const size = (count: bigint) => Number(count < 0n ? 0n : count > 1000n ? 1000n : count);
const flip = (text: string, upper: boolean) => (upper ? text.toUpperCase() : text.toLowerCase());

/** By code point, as bytes of UTF-8 compare. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

export const samples = fc.letrec<Kinds>((tie) => {
  const number = tie('number') as fc.Arbitrary<Sample<bigint>>;
  const text = tie('text') as fc.Arbitrary<Sample<string>>;
  const boolean = tie('boolean') as fc.Arbitrary<Sample<boolean>>;

  const arithmetic = fc
    .tuple(fc.constantFrom('+', '-', '*', '%'), number, number)
    .map(([sign, a, b]): Sample<bigint> => {
      const apply = (x: bigint, y: bigint) => {
        if (sign === '%') return y === 0n ? null : x % y;
        return sign === '+' ? x + y : sign === '-' ? x - y : x * y;
      };
      return { text: `(${a.text} ${sign} ${b.text})`, value: both(a, b, apply) };
    });
  const extremes = fc.tuple(fc.constantFrom('min', 'max'), number, number).map(
    ([name, a, b]): Sample<bigint> => ({
      text: `${name}(${a.text}, ${b.text})`,
      value: (row) => {
        const [x, y] = [a.value(row), b.value(row)];
        if (x === null || y === null) return x ?? y;
        return x < y === (name === 'min') ? x : y;
      },
    }),
  );
  const choice = <T>(kind: fc.Arbitrary<Sample<T>>) =>
    fc.tuple(boolean, kind, kind).map(
      ([condition, a, b]): Sample<T> => ({
        text: `if(${condition.text}, ${a.text}, ${b.text})`,
        value: (row) => (condition.value(row) === true ? a.value(row) : b.value(row)),
      }),
    );
  const either = <T>(kind: fc.Arbitrary<Sample<T>>) =>
    fc.tuple(kind, kind).map(
      ([a, b]): Sample<T> => ({
        text: `coalesce(${a.text}, ${b.text})`,
        value: (row) => a.value(row) ?? b.value(row),
      }),
    );

  return {
    number: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<Sample<bigint>>({ text: 'a', value: ({ a }) => a }, { text: 'b', value: ({ b }) => b }),
      fc.bigInt(0n, 30n).map((n): Sample<bigint> => ({ text: String(n), value: () => n })),
      arithmetic,
      extremes,
      number.map((a): Sample<bigint> => ({ text: `(-${a.text})`, value: both(a, a, (x) => -x) })),
      number.map(
        (a): Sample<bigint> => ({
          text: `abs(${a.text})`,
          value: both(a, a, (x) => (x < 0n ? -x : x)),
        }),
      ),
      text.map(
        (a): Sample<bigint> => ({
          text: `length(${a.text})`,
          value: both(a, a, (x) => BigInt([...x].length)),
        }),
      ),
      choice(number),
      either(number),
    ),
    text: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom<Sample<string>>(
        { text: 'name', value: ({ name }) => name },
        { text: 'other', value: ({ other }) => other },
      ),
      words.map((word): Sample<string> => ({ text: literal(word), value: () => word })),
      fc.tuple(text, text).map(
        ([a, b]): Sample<string> => ({
          text: `(${a.text} & ${b.text})`,
          value: (row) => (a.value(row) ?? '') + (b.value(row) ?? ''),
        }),
      ),
      fc.tuple(text, fc.boolean()).map(
        ([a, up]): Sample<string> => ({
          text: `${up ? 'upper' : 'lower'}(${a.text})`,
          value: both(a, a, (x) => flip(x, up)),
        }),
      ),
      fc.tuple(text, number, fc.boolean()).map(
        ([a, n, isLeft]): Sample<string> => ({
          text: `${isLeft ? 'left' : 'right'}(${a.text}, ${n.text})`,
          value: both(a, n, (x, count) =>
            isLeft ? cut(x, 0, size(count)) : cut(x, Math.max(0, [...x].length - size(count))),
          ),
        }),
      ),
      number.map((a): Sample<string> => ({ text: `text(${a.text})`, value: both(a, a, String) })),
      choice(text),
      either(text),
    ),
    boolean: fc.oneof(
      { maxDepth: 3 },
      fc.constant<Sample<boolean>>({ text: 'open', value: ({ open }) => open }),
      fc.tuple(number, number, fc.constantFrom('<', '<=', '=', '!=')).map(
        ([a, b, sign]): Sample<boolean> => ({
          text: `(${a.text} ${sign} ${b.text})`,
          value: both(a, b, (x, y) =>
            sign === '<' ? x < y : sign === '<=' ? x <= y : (x === y) === (sign === '='),
          ),
        }),
      ),
      fc.tuple(text, text, fc.constantFrom('>', '=')).map(
        ([a, b, sign]): Sample<boolean> => ({
          text: `(${a.text} ${sign} ${b.text})`,
          value: both(a, b, (x, y) => (sign === '=' ? x === y : compare(x, y) > 0)),
        }),
      ),
      fc.tuple(text, text, fc.constantFrom('contains', 'starts_with', 'ends_with')).map(
        ([a, b, name]): Sample<boolean> => ({
          text: `${name}(${a.text}, ${b.text})`,
          value: both(a, b, (x, y) =>
            name === 'contains' ? x.includes(y) : name === 'starts_with' ? x.startsWith(y) : x.endsWith(y),
          ),
        }),
      ),
      fc.tuple(boolean, boolean, fc.constantFrom('and', 'or')).map(
        ([a, b, word]): Sample<boolean> => ({
          text: `(${a.text} ${word} ${b.text})`,
          value: (row) => {
            const [x, y] = [a.value(row), b.value(row)];
            const decides = word === 'or';
            if (x === decides || y === decides) return decides;
            return x === null || y === null ? null : !decides;
          },
        }),
      ),
      boolean.map((a): Sample<boolean> => ({ text: `(not ${a.text})`, value: both(a, a, (x) => !x) })),
      text.map(
        (a): Sample<boolean> => ({ text: `is_null(${a.text})`, value: (row) => a.value(row) === null }),
      ),
    ),
  };
});
