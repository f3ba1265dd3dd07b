import { startFormwork } from '../targets/formwork.ts';
import type { Target } from '../targets/target.ts';
import { type Line, measureOperations, type Subject } from './measure-operations.ts';
import { type Among, openAmong } from './open-among.ts';

/** The same tenant as one of so many: a database for each number, asked by turns. */
export async function measureAmong(counts: readonly number[], requests: number): Promise<readonly Line[]> {
  const opened: Among[] = [];
  const gateways: Target[] = [];
  try {
    const subjects: Subject[] = [];
    for (const count of counts) {
      const among = await openAmong(count);
      opened.push(among);
      const gateway = await startFormwork({ home: among.home, tenants: [among.tenant] });
      gateways.push(gateway);
      subjects.push({ ...among, origin: new URL(gateway.url).origin });
    }
    return await measureOperations(subjects, requests);
  } finally {
    for (const gateway of gateways) await gateway.stop();
    for (const { home } of opened) await home.close();
  }
}
