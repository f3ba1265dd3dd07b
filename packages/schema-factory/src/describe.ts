/** What the designer wrote becomes the description: the label, then, as a paragraph of its own, the description. */
export function describe({ label, description }: { label: string; description: string }): string {
  return [label, description].filter((part) => part !== '').join('\n\n');
}
