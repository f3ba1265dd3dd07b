import { type deriveRootNames, type Entity, mayDo, mayWrite } from '@formwork/registry';
import { readyKeys } from './unique-keys.ts';

type Writes = Readonly<Record<keyof ReturnType<typeof deriveRootNames>['mutation'], boolean>>;

/** Which mutations there are of an entity: what the role may, and what makes sense. */
export function offeredWrites(entity: Entity): Writes {
  const [isCreatable, isUpdatable] = [isWritable(entity, 'create'), isWritable(entity, 'update')];
  const isDeletable = mayDo(entity, 'delete');
  return {
    // Where no field can be written, records come and go as they are: a create without input, and no update.
    create: mayDo(entity, 'create'),
    update: isUpdatable,
    upsert: isCreatable && isUpdatable && readyKeys(entity).length > 0,
    delete: isDeletable,
    // Whoever may take records away may bring them back.
    restore: entity.softDelete && isDeletable,
    createMany: isCreatable,
    updateMany: isUpdatable,
    deleteMany: isDeletable,
  };
}

/** Whether there is anything to write, and the role may: an input type without fields is none. */
export function isWritable(entity: Entity, action: 'create' | 'update'): boolean {
  return mayDo(entity, action) && entity.fields.some((field) => mayWrite(entity, action, field));
}
