import { type Home, openHome, removeHome } from '../home.ts';

/**
 * Opens the home of that name with what `make` makes in it. What an earlier run has made is taken again where it was
 * made by the same plan to its end; otherwise all is removed and made anew.
 *
 * @param make gives what to remember, as JSON
 */
export async function openMade<T>(
  name: string,
  plan: Readonly<Record<string, unknown>>,
  make: (home: Home) => Promise<T>,
): Promise<{ readonly home: Home; readonly made: T }> {
  const wanted = JSON.stringify(plan);
  const found = await openHome(name);
  if (found.recall('plan') === wanted) return { home: found, made: found.recall('made') as T };
  await found.close();
  await removeHome(name);
  const home = await openHome(name);
  const made = await make(home);
  await home.note('made', made);
  await home.note('plan', wanted);
  return { home, made };
}
