import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Sql, TransactionSql } from 'postgres';
import { DatabaseError, toDatabaseError } from './errors.ts';

/**
 * One transaction of postgres.js, and what `work` resolves with. Where the connection is lost while `work` is busy with
 * something else, it throws UNAVAILABLE at the next statement, and nothing more is sent, not even a rollback: postgres.js
 * (3.4.9) would write to a socket that is no more, in a callback of its own, which ends the process and all that it serves
 * (porsager/postgres#1208). `options` are those of BEGIN.
 */
export async function beginGuarded<T>(
  sql: Sql,
  options: string,
  work: (transaction: TransactionSql) => Promise<T>,
): Promise<T> {
  let loss: DatabaseError | null = null;
  let isWorking = false;
  const begun = sql.begin(options, async (transaction) => {
    isWorking = true;
    try {
      // Wrapped, because postgres.js awaits the elements of an array that work resolves with.
      return { value: await work(whileConnected(transaction, () => loss)) };
    } catch (error) {
      // It may be the loss that ended it, of which we hear a moment later.
      await nextTurn();
      throw error;
    } finally {
      // Whatever we did, postgres.js would send the end of the transaction.
      if (loss !== null) await new Promise<never>(() => {});
      isWorking = false;
    }
  });
  try {
    return (await begun).value as T;
  } catch (error) {
    // Told before `work` was through: nothing but the loss is.
    if (isWorking) loss = toDatabaseError(error);
    throw error;
  }
}

function whileConnected(transaction: TransactionSql, lossOf: () => DatabaseError | null): TransactionSql {
  const assertConnected = () => {
    const loss = lossOf();
    if (loss !== null) throw new DatabaseError(loss.code, loss.message, { cause: loss });
  };
  return new Proxy(transaction, {
    apply: (target, self, given) => {
      assertConnected();
      return Reflect.apply(target, self, given);
    },
    get: (target, name, self) => {
      if (name === 'unsafe' || name === 'savepoint') assertConnected();
      return Reflect.get(target, name, self);
    },
  });
}
