import { Dialog } from '@naru/ui/dialog.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { mayCall } from '@naru/wire/role.ts';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';
import { paletteTexts } from './command-palette.texts.ts';
import { useMe } from './me.ts';
import { navigation, navigationTexts } from './navigation.ts';
import { type Found, useSearchEverything } from './search-everything.ts';

type Option = { key: string; title: string; subtitle: string; to: string };

/** One field for everything: pages by name, things by id, hash, address, reference or amount. */
export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const words = useTexts(paletteTexts);
  const shared = useTexts(common);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={words.title} closeLabel={shared.close} size="md">
      {isOpen ? <Palette onClose={onClose} /> : null}
    </Dialog>
  );
}

function Palette({ onClose }: { onClose: () => void }) {
  const words = useTexts(paletteTexts);
  const names = useTexts(navigationTexts);
  const me = useMe();
  const navigate = useNavigate();
  const listId = useId();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const { found, isSearching } = useSearchEverything(text);
  const options = useMemo<Option[]>(() => {
    const wanted = text.trim().toLowerCase();
    const pages = navigation
      .flatMap((section) => section.entries)
      .filter((entry) => mayCall(me.scopes, entry.scope) && names[entry.name].toLowerCase().includes(wanted))
      .map((entry) => ({ key: entry.path, title: names[entry.name], subtitle: words.pages, to: entry.path }));
    const things = found.map((one: Found) => ({
      key: `${one.kind} ${one.id}`,
      title: one.title,
      subtitle: one.subtitle,
      to: one.to,
    }));
    return [...things, ...pages];
  }, [text, found, me.scopes, names, words.pages]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another text begins at the top
  useEffect(() => setActive(0), [text]);
  const open = (option: Option | undefined) => {
    if (option === undefined) return;
    onClose();
    void navigate({ href: option.to });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive((now) => Math.min(now + 1, options.length - 1));
    else if (event.key === 'ArrowUp') setActive((now) => Math.max(now - 1, 0));
    else if (event.key === 'Enter') open(options[active]);
    else return;
    event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys are those of the field within
    <div onKeyDown={onKeyDown} className="flex flex-col gap-3">
      <TextField
        label={words.label}
        isLabelHidden
        value={text}
        onChange={setText}
        placeholder={words.placeholder}
        autoFocus
      />
      <p className="sr-only" role="status">
        {isSearching ? words.searching : words.results(String(options.length))}
      </p>
      {options.length === 0 ? (
        <p className="py-6 text-center text-sm text-muted">{isSearching ? words.searching : words.nothing}</p>
      ) : (
        <ul id={listId} className="flex max-h-96 flex-col overflow-auto">
          {options.map((option, index) => (
            <li key={option.key}>
              <button
                type="button"
                onClick={() => open(option)}
                onMouseMove={() => setActive(index)}
                aria-current={index === active}
                className={`flex w-full cursor-pointer items-center justify-between gap-4 rounded px-3 py-2 text-start text-sm ${index === active ? 'bg-info-soft text-info-text' : ''}`}
              >
                <span className="min-w-0 truncate font-medium">{option.title}</span>
                <span className="shrink-0 text-xs text-muted">{option.subtitle}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p className="text-xs text-muted">{words.hint}</p>
    </div>
  );
}
