const { createRequire } = require('node:module');
const { compileFunction } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** By file, for all test files of this worker. */
const compiled = new Map();
/** By who asks, and for what: what Node has loaded; null where a module is Jest's to load. */
const loaded = new Map();

/**
 * Jest loads everything anew for each test file. Here modules of ours still run anew, each file has its own, but are
 * compiled once in a worker, so that code that was hot stays so; and what is not transformed, dependencies, is loaded
 * once, by Node.
 */
module.exports = class WarmRuntime extends Runtime {
  constructor(...given) {
    super(...given);
    const { executor } = this;
    executor.compile = (source, file) => compileOnce(source, file, executor.injectedModuleParameters);
  }

  requireModule(from, name, options, isActual) {
    const isOfTests = options === undefined && name !== undefined;
    return (
      (isOfTests ? this.#dependency(from, name) : null) ?? super.requireModule(from, name, options, isActual)
    );
  }

  #dependency(from, name) {
    const key = `${from}\0${name}`;
    let found = loaded.get(key);
    if (found === undefined) {
      found = this.#isDependency(from, name) ? createRequire(from)(name) : null;
      loaded.set(key, found);
    }
    return found;
  }

  #isDependency(from, name) {
    const { moduleNameMapper, transformIgnorePatterns } = this._config;
    const isMapped = moduleNameMapper.some(([pattern]) => new RegExp(pattern).test(name));
    if (isMapped || /^(\.|\/|node:)/.test(name)) return false;
    const path = resolve(from, name);
    return (
      path.includes('/node_modules/') &&
      transformIgnorePatterns.some((pattern) => new RegExp(pattern).test(path))
    );
  }
};

/** Nothing where only `import` would find it. */
function resolve(from, name) {
  try {
    return createRequire(from).resolve(name);
  } catch {
    return '';
  }
}

function compileOnce(source, file, parameters) {
  const known = compiled.get(file);
  if (known?.source === source) return known.run;
  const run = compileFunction(source, parameters, { filename: file });
  compiled.set(file, { source, run });
  return run;
}
