/**
 * That there are no extensions. Left to itself graphql-js gives each type, field, argument and value an object of its own
 * to say so, of 190 bytes: more than a third of a schema.
 */
export const noExtensions: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null));

interface Config {
  extensions?: unknown;
  args?: Readonly<Record<string, { extensions?: unknown }>>;
}

/** Has fields, or values, say so with that one. */
export function lean<Configs extends Readonly<Record<string, object>>>(configs: Configs): Configs {
  for (const config of Object.values<Config>(configs)) {
    config.extensions ??= noExtensions;
    for (const argument of Object.values(config.args ?? {})) argument.extensions ??= noExtensions;
  }
  return configs;
}
