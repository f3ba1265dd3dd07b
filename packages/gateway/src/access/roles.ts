/** What the built-in roles may do. What a role may do with records is in its registry (see `registryForRole`). */
const mayWrite = new Set(['editor', 'designer', 'admin']);
const mayDesign = new Set(['designer', 'admin']);

export function canWrite(role: string): boolean {
  return mayWrite.has(role);
}

export function canDesign(role: string): boolean {
  return mayDesign.has(role);
}
