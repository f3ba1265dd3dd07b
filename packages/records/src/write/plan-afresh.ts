import { sql } from '@formwork/pg/sql-text';
import type { Execute } from '../read/execute.ts';

const afresh = sql`select set_config('plan_cache_mode', 'force_custom_plan', true)`;
/** As `begin_write` has it. */
const asBefore = sql`select set_config('plan_cache_mode', 'force_generic_plan', true)`;

/**
 * Sends reads within a transaction of writes as a batch of reads does: planned for the tenant and the values at hand
 * (see `Statement.reusesPlan`). Not so what comes behind them: triggers and foreign keys ask their small questions for
 * each row, and planning them each time has made a deletion of 10,000 records take 17 seconds instead of 1.5.
 */
export function planningAfresh(execute: Execute): Execute {
  return async (statements) => {
    if (statements.every(({ reusesPlan }) => reusesPlan)) return execute(statements);
    const results = await execute([afresh, ...statements, asBefore]);
    return results.slice(1, -1);
  };
}
