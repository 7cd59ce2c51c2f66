import { Button } from '@naru/ui/button.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { SavedViewBody } from '@naru/wire/saved-view.ts';
import { type UseQueryResult, useQueryClient } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { naru } from '../app/client.ts';
import { useMe } from '../app/me.ts';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { roleNames } from '../i18n/role-names.ts';
import { CommandButton } from './command-button.tsx';
import { QueryView } from './query-view.tsx';
import { SaveView } from './save-view.tsx';
import { savedViewTexts } from './saved-views.texts.ts';
import type { NamedView, ViewFilter } from './saved-views.tsx';

/** Saves the filters of now, and shows what is saved: here and with colleagues. */
export function ManageViews(props: {
  list: SavedViewBody['list'];
  search: ViewFilter;
  own: readonly NamedView[];
  onOwn: (own: readonly NamedView[]) => void;
  query: UseQueryResult<SavedViewBody[]>;
  onClose: () => void;
}) {
  const words = useTexts(savedViewTexts);
  const shared = useTexts(common);
  const me = useMe();
  const { own, onOwn, query } = props;
  return (
    <Dialog isOpen onClose={props.onClose} title={words.title} closeLabel={shared.close}>
      <p className="text-sm text-muted">{words.what}</p>
      <SaveView list={props.list} search={props.search} own={own} shared={query.data ?? []} onOwn={onOwn} />
      <section className="flex flex-col gap-1">
        <h3 className="text-sm font-semibold">{words.shared}</h3>
        <QueryView query={query} skeletonRows={1}>
          {(views) => (
            <Rows empty={words.nothingShared}>
              {views.map((view) => (
                <SharedRow key={view.id} view={view} canRemove={me.can('operations:write')} />
              ))}
            </Rows>
          )}
        </QueryView>
      </section>
      <section className="flex flex-col gap-1">
        <h3 className="text-sm font-semibold">{words.own}</h3>
        <Rows empty={words.nothing}>
          {own.map((view) => (
            <li key={view.name} className={ROW}>
              <span className="min-w-0 truncate">{view.name}</span>
              <Button
                variant="ghost"
                isIconOnly
                aria-label={words.remove(view.name)}
                onPress={() => onOwn(own.filter((one) => one.name !== view.name))}
              >
                <Trash2 className="size-4" aria-hidden />
              </Button>
            </li>
          ))}
        </Rows>
      </section>
    </Dialog>
  );
}

const ROW = 'flex items-center justify-between gap-3 py-1.5 text-sm';

function Rows({ children, empty }: { children: readonly ReactNode[]; empty: string }) {
  if (children.length === 0) return <p className="text-sm text-muted">{empty}</p>;
  return <ul className="flex flex-col divide-y divide-separator">{children}</ul>;
}

function SharedRow({ view, canRemove }: { view: SavedViewBody; canRemove: boolean }) {
  const words = useTexts(savedViewTexts);
  const names = useTexts(roleNames);
  const client = useQueryClient();
  return (
    <li className={ROW}>
      <span className="flex min-w-0 flex-wrap items-center gap-2">
        <span className="truncate">{view.name}</span>
        <StatusChip tone="idle">{view.role === null ? words.everybody : names[view.role]}</StatusChip>
      </span>
      {canRemove ? (
        <CommandButton
          label={words.removeIt}
          name={`${words.removeIt}: ${view.name}`}
          variant="ghost"
          command={{
            title: words.removeTitle(view.name),
            consequence: words.removeWhat,
            confirmLabel: words.removeIt,
            tone: 'danger',
            reason: 'none',
            run: ({ idempotencyKey }) => naru.admin.savedViews.remove(view.id, { idempotencyKey }),
            doneText: words.removed,
            onDone: () => void client.invalidateQueries({ queryKey: ['saved-views'] }),
          }}
        />
      ) : null}
    </li>
  );
}
