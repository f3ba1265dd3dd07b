const pattern = /^[A-Za-z][A-Za-z0-9_/+-]*$/;

/** Names of three letters that are names of the time zone database and to Postgres nothing else. */
const short = new Set(['UTC', 'GMT', 'UCT', 'PRC', 'ROC', 'ROK']);

const known = new Set<string>();
const mostKnown = 1_000;

/**
 * Whether text is a name of the IANA time zone database. Postgres would also take abbreviations, which leave summer out ("CET") or mean
 * something else than to others ("IST"), and offsets, whose sign it reads the other way round. Node takes some abbreviations too.
 */
export function isTimeZone(name: unknown): name is string {
  if (typeof name !== 'string') return false;
  if (known.has(name)) return true;
  if (!pattern.test(name) || (name.length === 3 && !short.has(name.toUpperCase()))) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    return false;
  }
  if (known.size < mostKnown) known.add(name);
  return true;
}
