/** Placeholder: nothing to bring up before the tests yet. */
export default async function globalSetup(): Promise<void> {}
