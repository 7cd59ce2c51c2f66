import { Button } from '@naru/ui/button.tsx';
import { Menu } from '@naru/ui/menu.tsx';
import type { SavedViewBody } from '@naru/wire/saved-view.ts';
import { useQuery } from '@tanstack/react-query';
import { Bookmark } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { naru } from '../app/client.ts';
import { useMe } from '../app/me.ts';
import { useTexts } from '../i18n/locale.ts';
import { savedViewTexts } from './saved-views.texts.ts';
import { useStored } from './use-stored.ts';

export type ViewFilter = Record<string, string | number | boolean>;
export type NamedView = { name: string; search: ViewFilter };

/** Nobody needs it to open a view. */
const ManageViews = lazy(async () => ({ default: (await import('./manage-views.tsx')).ManageViews }));

/** Filters of a list under a name: some that everybody has, what colleagues share, and what this browser keeps. */
export function SavedViews(props: {
  list: SavedViewBody['list'];
  /** The filters of now, as they stand in the URL. */
  search: ViewFilter;
  builtIn: readonly NamedView[];
  onOpen: (search: ViewFilter) => void;
}) {
  const words = useTexts(savedViewTexts);
  const me = useMe();
  const [own, setOwn] = useStored<readonly NamedView[]>(`views.${props.list}`, []);
  const [isOpen, setOpen] = useState(false);
  const query = useQuery({
    queryKey: ['saved-views', props.list],
    queryFn: ({ signal }) => naru.admin.savedViews.list({ list: props.list }, { signal }),
    staleTime: 30_000,
  });
  const ofMine = (query.data ?? []).filter(({ role }) => role === null || role === me.role);
  const all = [...props.builtIn, ...ofMine.map(({ name, filter }) => ({ name, search: filter })), ...own];
  return (
    <>
      <Menu
        label={words.views}
        trigger={
          <Button variant="ghost">
            <Bookmark className="size-4" aria-hidden />
            {words.views}
          </Button>
        }
        entries={[
          ...all.map((view, index) => ({ id: String(index), label: view.name })),
          { id: 'manage', label: words.manage },
        ]}
        onChoose={(id) => {
          const view = all[Number(id)];
          if (id === 'manage') setOpen(true);
          else if (view !== undefined) props.onOpen(view.search);
        }}
      />
      {isOpen ? (
        <Suspense>
          <ManageViews
            list={props.list}
            search={props.search}
            own={own}
            onOwn={setOwn}
            query={query}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      ) : null}
    </>
  );
}
