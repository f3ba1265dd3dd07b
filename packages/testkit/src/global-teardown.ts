/** Placeholder: nothing to take down after the tests yet. */
export default async function globalTeardown(): Promise<void> {}
