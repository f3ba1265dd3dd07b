/** Says what goes on, where it is in nobody's way who reads the result. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
