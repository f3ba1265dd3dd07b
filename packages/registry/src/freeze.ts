/** Freezes plain data all the way down. Maps are left alone: their type says that they are read only. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !(value instanceof Map)) {
    Object.freeze(value);
    for (const item of Object.values(value)) {
      freeze(item);
    }
  }
  return value;
}
