import { Button } from '@naru/ui/button.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { Menu } from '@naru/ui/menu.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { Bookmark, Trash2 } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { savedViewTexts } from './saved-views.texts.ts';
import { useStored } from './use-stored.ts';

export type SavedView = { name: string; search: Record<string, unknown> };

/** More than this nobody finds again in a menu. */
const VIEWS_MAX = 30;
const NAME_LENGTH_MAX = 60;

/** Filters of a list under a name: some that everybody has, and those that somebody has saved in this browser. */
export function SavedViews(props: {
  storeKey: string;
  /** The filters of now, as they stand in the URL. */
  search: Record<string, unknown>;
  builtIn: readonly SavedView[];
  onOpen: (search: Record<string, unknown>) => void;
}) {
  const words = useTexts(savedViewTexts);
  const shared = useTexts(common);
  const [saved, setSaved] = useStored<readonly SavedView[]>(`views.${props.storeKey}`, []);
  const [isOpen, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const all = [...props.builtIn, ...saved];
  const save = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = name.trim();
    if (trimmed === '') return setProblem(words.nameNeeded);
    const others = saved.filter((one) => one.name !== trimmed);
    if (others.length >= VIEWS_MAX) return setProblem(words.tooMany);
    setSaved([...others, { name: trimmed, search: props.search }]);
    setName('');
  };
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
      <Dialog isOpen={isOpen} onClose={() => setOpen(false)} title={words.title} closeLabel={shared.close}>
        <p className="text-sm text-muted">{words.what}</p>
        <form onSubmit={save} className="flex flex-wrap items-end gap-2" noValidate>
          <TextField
            label={words.name}
            value={name}
            onChange={(text) => {
              setName(text);
              setProblem(null);
            }}
            error={problem}
            maxLength={NAME_LENGTH_MAX}
            className="min-w-48 flex-1"
          />
          <Button type="submit" variant="primary" size="md">
            {words.save}
          </Button>
        </form>
        {saved.length === 0 ? (
          <p className="text-sm text-muted">{words.nothing}</p>
        ) : (
          <ul className="flex flex-col divide-y divide-separator">
            {saved.map((view) => (
              <li key={view.name} className="flex items-center justify-between gap-3 py-1.5 text-sm">
                <span className="min-w-0 truncate">{view.name}</span>
                <Button
                  variant="ghost"
                  isIconOnly
                  aria-label={words.remove(view.name)}
                  onPress={() => setSaved(saved.filter((one) => one.name !== view.name))}
                >
                  <Trash2 className="size-4" aria-hidden />
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Dialog>
    </>
  );
}
