/** What the built-in roles may do; rules for records and fields come with roles of the designer's own. */
const mayWrite = new Set(['editor', 'designer', 'admin']);
const mayDesign = new Set(['designer', 'admin']);

export function canWrite(role: string): boolean {
  return mayWrite.has(role);
}

export function canDesign(role: string): boolean {
  return mayDesign.has(role);
}
