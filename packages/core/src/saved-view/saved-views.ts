import type { Database, Tx } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import type { AuditContext } from '../audit/audit.ts';
import { Refused, runKeyed } from '../command/run-keyed.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { VIEWS_MAX } from './saved-view.limits.ts';
import { countViews, deleteView, insertView, listViews, readView } from './saved-view.store.ts';
import type { SavedView } from './saved-view.ts';

type Order = { caller: Caller; key: string; audit: AuditContext };
type Input = Pick<SavedView, 'list' | 'name' | 'filter' | 'role'>;

/** Views that colleagues share: each change with a key, audited. Results of changes are ids. */
export type SavedViews = {
  list(organisationId: string, list: string): Promise<SavedView[]>;
  /** Null: the organisation has none of this id. */
  get(organisationId: string, id: string): Promise<SavedView | null>;
  save(order: Order, input: Input): Promise<CommandResult<string>>;
  remove(order: Order, id: string): Promise<CommandResult<string>>;
};

export function createSavedViews(deps: { db: Database }): SavedViews {
  const { db } = deps;
  return {
    list: (organisationId, list) => listViews(db, organisationId, list),
    get: (organisationId, id) => readView(db, organisationId, id),
    save: ({ caller: { organisationId }, key, audit }, input) =>
      runKeyed(
        { db },
        { organisationId, key, command: 'save-view', input: [JSON.stringify(input)], audit },
        (tx, id) => save(tx, organisationId, { ...input, id, savedBy: audit.actor }),
      ),
    remove: ({ caller: { organisationId }, key, audit }, id) =>
      runKeyed(
        { db },
        { organisationId, key, command: 'remove-view', input: [id], audit, resourceId: id },
        async (tx) => {
          if (!(await deleteView(tx, organisationId, id)))
            throw new Refused('saved_view_not_found', 'Your organisation has no saved view with this id.');
        },
      ),
  };
}

async function save(tx: Tx, organisationId: string, view: Omit<SavedView, 'createdAt'>): Promise<void> {
  if (!(await insertView(tx, organisationId, view)))
    throw badName('value_not_allowed', `There is a view "${view.name}" for the same people already.`);
  if ((await countViews(tx, organisationId, view.list)) > VIEWS_MAX)
    throw badName('too_many', `${VIEWS_MAX} views of a list can be shared. Remove one first.`);
}

function badName(code: string, message: string): Refused {
  return new Refused('validation_failed', message, {
    details: { errors: [{ pointer: '/name', code, message }] },
  });
}
