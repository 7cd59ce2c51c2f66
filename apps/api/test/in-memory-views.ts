import { Refused } from '@naru/core/command/run-keyed.ts';
import type { SavedView } from '@naru/core/saved-view/saved-view.ts';
import type { SavedViews } from '@naru/core/saved-view/saved-views.ts';
import { newUuid } from '@naru/kit/ids.ts';

/** A stand-in for saved views, for tests of the edge alone; what they are is `core/saved-view/saved-views.test.ts`. */
export function createInMemoryViews(): SavedViews {
  const kept = new Map<string, SavedView & { organisationId: string }>();
  const own = (organisationId: string, id: string) => {
    const view = kept.get(id);
    return view?.organisationId === organisationId ? view : null;
  };
  return {
    list: async (organisationId) =>
      [...kept.values()].flatMap(({ organisationId: of, ...view }) => (of === organisationId ? [view] : [])),
    async get(organisationId, id) {
      const found = own(organisationId, id);
      if (found === null) return null;
      const { organisationId: _, ...view } = found;
      return view;
    },
    async save({ caller: { organisationId }, audit }, input) {
      const id = newUuid();
      kept.set(id, { ...input, id, savedBy: audit.actor, createdAt: new Date(), organisationId });
      return { kind: 'done', value: id, replayed: false };
    },
    async remove({ caller }, id) {
      if (own(caller.organisationId, id) === null)
        return {
          kind: 'refused',
          refusal: new Refused('saved_view_not_found', 'There is no such view.').toRefusal(),
          replayed: false,
        };
      kept.delete(id);
      return { kind: 'done', value: id, replayed: false };
    },
  };
}
