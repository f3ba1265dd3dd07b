/**
 * How these tests have links read: `FORMWORK_LINKS=loaders` runs them over the other way to the same answers. Harnesses
 * take it where a test does not say.
 */
export const linksUnderTest = process.env.FORMWORK_LINKS === 'loaders' ? 'loaders' : 'nested';
