import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRegistry, type Entity } from '@formwork/registry';
import { compileView } from '../src/index.ts';

/**
 * The views of the demo tenants, as files that a reviewer reads. After a wanted change:
 * UPDATE_VIEWS=1 npx jest packages/view-compiler/__tests__/demo-views
 */
function viewsOf(template: string): string {
  const file = join(import.meta.dirname, '../../cli/templates', `${template}.json`);
  const made = createRegistry(JSON.parse(readFileSync(file, 'utf8')));
  if (!('registry' in made)) throw new Error(JSON.stringify(made.problems));
  return made.registry.entities.map(ddlOf).join('\n');
}

function ddlOf(entity: Entity): string {
  return `-- ${entity.label}\n${compileView(entity).text};\n`;
}

test.each(['aviation', 'marketplace'])('the views of %s are those of the snapshot', (template) => {
  const snapshot = join(import.meta.dirname, '__snapshots__', `demo-${template}.sql`);
  const views = viewsOf(template);
  if (process.env.UPDATE_VIEWS) writeFileSync(snapshot, views);
  expect(views).toBe(readFileSync(snapshot, 'utf8'));
});
