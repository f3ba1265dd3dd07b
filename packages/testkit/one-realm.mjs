import { ModernFakeTimers } from '@jest/fake-timers';
import { ModuleMocker } from 'jest-mock';

/**
 * Test files run in the realm of their worker, as programs do, not each in a sandbox: there every look at a global
 * (`JSON`, `Map`, `Math`) is a call, half of what a test costs. What a file leaves behind is put back after it.
 */
export default class OneRealm {
  global = globalThis;
  moduleMocker = new ModuleMocker(globalThis);
  fakeTimers = null;
  fakeTimersModern;
  #putBack = [keepGlobals(), keepVariables(), keepListeners(), keepExit()];

  /** `testEnvironmentOptions: { variables }` are environment variables of a project's tests. */
  constructor({ projectConfig }) {
    this.fakeTimersModern = new ModernFakeTimers({ config: projectConfig, global: globalThis });
    Object.assign(process.env, projectConfig.testEnvironmentOptions.variables);
  }

  async setup() {}

  async teardown() {
    this.fakeTimersModern.dispose();
    for (const putBack of this.#putBack) putBack();
  }

  exportConditions() {
    return ['node', 'node-addons'];
  }

  /** There is none: modules are compiled by `WarmRuntime`. */
  getVmContext() {
    return null;
  }
}

function keepGlobals() {
  const before = Object.getOwnPropertyDescriptors(globalThis);
  return () => {
    for (const key of Reflect.ownKeys(globalThis)) {
      if (!Object.hasOwn(before, key)) Reflect.deleteProperty(globalThis, key);
      else if (Object.getOwnPropertyDescriptor(globalThis, key)?.value !== before[key].value)
        Reflect.defineProperty(globalThis, key, before[key]);
    }
  };
}

function keepVariables() {
  const before = { ...process.env };
  return () => {
    for (const name of Object.keys(process.env)) if (!Object.hasOwn(before, name)) delete process.env[name];
    Object.assign(process.env, before);
  };
}

function keepListeners() {
  const before = new Map(process.eventNames().map((event) => [event, process.rawListeners(event)]));
  return () => {
    for (const event of process.eventNames()) {
      for (const listener of process.rawListeners(event)) {
        if (!before.get(event)?.includes(listener)) process.removeListener(event, listener);
      }
    }
  };
}

/** Jest puts a warning before it, for each test file anew. */
function keepExit() {
  const { exit } = process;
  return () => {
    process.exit = exit;
  };
}
