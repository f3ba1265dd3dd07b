import { plugins } from '../src/http/plugins.ts';

test('our plugins use only hooks that run on both lanes', () => {
  const onBothLanes = ['onParse', 'onValidate', 'onContextBuilding', 'onExecute'];
  const hooks = plugins.flatMap((plugin) => Object.keys(plugin));
  expect(hooks.length).toBeGreaterThan(0);
  expect(hooks.filter((hook) => !onBothLanes.includes(hook))).toEqual([]);
});
