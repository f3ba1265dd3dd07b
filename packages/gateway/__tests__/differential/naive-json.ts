/** What jsonb means by equal, contains and a place, over JSON values. */
export function jsonEquals(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => jsonEquals(item, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const names = Object.keys(left);
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => Object.hasOwn(right, name) && jsonEquals(left[name], right[name]))
    );
  }
  return left === right;
}

/** `@>`: objects hold at least the names, lists at least the items; a list at the top may hold a bare scalar. */
export function jsonContains(left: unknown, right: unknown, top = true): boolean {
  if (Array.isArray(left)) {
    if (Array.isArray(right))
      return right.every((item) => left.some((own) => jsonContains(own, item, false)));
    return top && !isObject(right) && left.some((own) => jsonEquals(own, right));
  }
  if (isObject(left) && isObject(right)) {
    return Object.entries(right).every(
      ([name, value]) => Object.hasOwn(left, name) && jsonContains(left[name], value, false),
    );
  }
  return !isObject(left) && !isObject(right) && !Array.isArray(right) && left === right;
}

/** `#>`: undefined where there is no such place. */
export function jsonAt(value: unknown, path: readonly string[]): unknown {
  let at = value;
  for (const step of path) {
    if (Array.isArray(at)) at = /^-?\d+$/.test(step) ? at.at(Number(step)) : undefined;
    else at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined;
  }
  return at;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
