/**
 * Imports point downwards. A room may lean on the rooms named here and on no other; manifests, project
 * references and sources are all held to this one table. A new package fails until it is listed.
 *
 * Tests are outside the build graph and may bring in any room, the testkit included; the rule on drivers and
 * the rule on declared libraries hold for them too.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename, join, relative } from 'node:path';

/** How a room may be leaned on: whole; by its types, which leave no trace at run time; or by sub-paths alone. */
type Use = 'whole' | 'types' | { readonly subPaths: readonly string[] };

const allowed: Readonly<Record<string, Readonly<Record<string, Use>>>> = {
  registry: {},
  pg: {},
  'view-compiler': { registry: 'whole', pg: { subPaths: ['sql-text'] } },
  records: { registry: 'whole', pg: 'whole' },
  'registry-store': { registry: 'whole', 'view-compiler': 'whole', pg: 'whole' },
  directory: { registry: 'whole', pg: 'whole' },
  'schema-factory': { registry: 'whole', records: 'types' },
  'design-api': { registry: 'whole', 'registry-store': 'whole' },
  gateway: whole('registry', 'pg', 'records', 'registry-store', 'directory', 'schema-factory', 'design-api'),
  cli: whole(
    'registry',
    'pg',
    'records',
    'registry-store',
    'directory',
    'schema-factory',
    'design-api',
    'gateway',
  ),
  bench: whole('pg', 'registry', 'registry-store', 'directory', 'records', 'schema-factory'),
  testkit: whole('pg', 'registry', 'registry-store', 'directory'),
};

/** The drivers: a client from here has no tenant, so one room alone may hold it. */
const drivers = { names: ['pg', 'postgres'], home: 'pg' };

/** Packages that tests or measurements use and no room may lean on. */
const outsideTheProduct = ['testkit', 'bench'];

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Import {
  /** Path from the root and what is imported there, as failures print it. */
  readonly where: string;
  readonly specifier: string;
  readonly typesOnly: boolean;
}

const root = join(import.meta.dirname, '../../..');
const packages = join(root, 'packages');
const rooms = readdirSync(packages).filter((room) => existsSync(join(packages, room, 'package.json')));
const rootManifest = readManifest(root);

test('every package is listed in this table', () => {
  expect([...rooms].sort()).toEqual(Object.keys(allowed).sort());
});

test('the arrows form no circle, and none leads to what stands outside the product', () => {
  const settled = new Set<string>();
  const visit = (room: string, path: readonly string[]): void => {
    if (path.includes(room)) throw new Error(`Rooms in a circle: ${[...path, room].join(' -> ')}`);
    if (settled.has(room)) return;
    for (const next of Object.keys(allowed[room] ?? {})) visit(next, [...path, room]);
    settled.add(room);
  };
  for (const room of Object.keys(allowed)) visit(room, []);
  const leanedOn = Object.values(allowed).flatMap((uses) => Object.keys(uses));
  expect(leanedOn.filter((room) => outsideTheProduct.includes(room))).toEqual([]);
});

describe.each(rooms)('%s', (room) => {
  const directory = join(packages, room);
  const manifest = readManifest(directory);
  const uses = allowed[room] ?? {};
  const own = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
  const sources = importsBelow(directory, 'src');
  const beside = ['__tests__', 'examples', 'bench'].flatMap((folder) => importsBelow(directory, folder));

  test('bears the name of its directory', () => {
    expect(manifest.name).toBe(`@formwork/${room}`);
  });

  test('declares allowed rooms alone', () => {
    const declared = own.flatMap((name) => roomOf(name) ?? []);
    expect(declared.filter((name) => uses[name] === undefined)).toEqual([]);
  });

  test('refers to the projects of the rooms it declares', () => {
    const config = join(directory, 'tsconfig.json');
    if (!existsSync(config)) return;
    const { references = [] }: { references?: { path: string }[] } = JSON.parse(readFileSync(config, 'utf8'));
    expect(references.map(({ path }) => basename(path)).sort()).toEqual(
      own.flatMap((name) => roomOf(name) ?? []).sort(),
    );
  });

  test('imports allowed rooms alone, in the allowed way', () => {
    expect(sources.filter((found) => !isAllowed(room, found)).map(({ where }) => where)).toEqual([]);
  });

  test('declares what it imports', () => {
    const dependencies = Object.keys(manifest.dependencies ?? {});
    // What only the compiler or a test reads may be a development dependency; the root holds the shared ones.
    const forDevelopment = [...own, ...Object.keys(rootManifest.devDependencies ?? {})];
    const undeclared = [
      ...sources.filter(({ specifier, typesOnly }) => {
        const name = packageOf(specifier);
        const known = typesOnly || outsideTheProduct.includes(room) ? forDevelopment : dependencies;
        return name !== undefined && name !== manifest.name && !known.includes(name);
      }),
      ...beside.filter(({ specifier }) => {
        const name = packageOf(specifier);
        return name !== undefined && roomOf(name) === undefined && !forDevelopment.includes(name);
      }),
    ];
    expect(undeclared.map(({ where }) => where)).toEqual([]);
  });

  if (room !== drivers.home) {
    test('imports no Postgres driver', () => {
      const found = [...sources, ...beside].filter(({ specifier }) =>
        drivers.names.includes(packageOf(specifier) ?? ''),
      );
      expect(found.map(({ where }) => where)).toEqual([]);
    });
  }
});

test('reads import specifiers in every form', () => {
  // Written with ~ for quotes, lest this file seem to import all that itself.
  const source = [
    'import ~a~;',
    'import b from ~b~;',
    'import { x,\n  y as z } from ~c/d~;',
    'import type { T } from ~@formwork/records~;',
    'export * from ~./e.ts~;',
    'const f = await import(~f~);',
    'const g = require(~g~);',
    ' * import { h } from ~h~',
    'export const i = ~from~;',
  ]
    .join('\n')
    .replaceAll('~', "'");
  const read = parseImports(source);
  expect(read.map(({ specifier }) => specifier).sort()).toEqual(
    ['a', 'b', 'c/d', '@formwork/records', './e.ts', 'f', 'g'].sort(),
  );
  expect(read.filter(({ typesOnly }) => typesOnly)).toHaveLength(1);
});

function whole(...names: readonly string[]): Readonly<Record<string, Use>> {
  return Object.fromEntries(names.map((name) => [name, 'whole']));
}

function readManifest(directory: string): Manifest {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}

/** The room a package name or specifier belongs to, if it is one of ours. */
function roomOf(specifier: string): string | undefined {
  return /^@formwork\/([^/]+)/.exec(specifier)?.[1];
}

/** The npm package of a specifier; none for relative paths and for what Node brings along. */
function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || isBuiltin(specifier)) return undefined;
  return /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0];
}

function isAllowed(room: string, { specifier, typesOnly }: Import): boolean {
  const target = roomOf(specifier);
  if (target === undefined || target === room) return true;
  const use = allowed[room]?.[target];
  if (use === undefined || use === 'whole') return use === 'whole';
  if (use === 'types') return typesOnly;
  return use.subPaths.some((subPath) => specifier === `@formwork/${target}/${subPath}`);
}

function importsBelow(directory: string, folder: string): Import[] {
  if (!existsSync(join(directory, folder))) return [];
  return readdirSync(join(directory, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .flatMap((name) => {
      const file = join(directory, folder, name);
      return parseImports(readFileSync(file, 'utf8')).map((found) => ({
        ...found,
        where: `${relative(root, file)} imports ${found.specifier}`,
      }));
    });
}

/**
 * Specifiers by regular expression, which the formatter's one way of writing imports makes safe: statements
 * begin a line, so comments (` * import …`) and strings are passed over.
 */
function parseImports(source: string): Omit<Import, 'where'>[] {
  const statements = source.matchAll(
    /^(?:import|export)\s+(?<type>type\s+)?(?:[\w$\s{},*]+?\sfrom\s*)?['"](?<specifier>[^'"]+)['"]/gm,
  );
  const calls = source.matchAll(/\b(?:import|require)\(\s*['"](?<specifier>[^'"]+)['"]/g);
  return [...statements, ...calls].map(({ groups }) => ({
    specifier: groups?.specifier ?? '',
    typesOnly: groups?.type !== undefined,
  }));
}
