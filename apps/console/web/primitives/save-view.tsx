import { Button } from '@naru/ui/button.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { showDone } from '@naru/ui/toast.tsx';
import { type Role, roles } from '@naru/wire/role.ts';
import type { SavedViewBody } from '@naru/wire/saved-view.ts';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useRef, useState } from 'react';
import { naru } from '../app/client.ts';
import { useMe } from '../app/me.ts';
import { useTexts } from '../i18n/locale.ts';
import { roleNames } from '../i18n/role-names.ts';
import { isFinal } from './command-dialog.tsx';
import { ProblemBanner } from './problem.tsx';
import { savedViewTexts } from './saved-views.texts.ts';
import type { NamedView, ViewFilter } from './saved-views.tsx';

/** More than this nobody finds again in a menu. */
const OWN_MAX = 30;
const NAME_LENGTH_MAX = 60;

type Audience = 'me' | 'everybody' | Role;

/** Keeps the filters of now under a name: in this browser, or for colleagues. */
export function SaveView(props: {
  list: SavedViewBody['list'];
  search: ViewFilter;
  own: readonly NamedView[];
  /** What colleagues share by now. */
  shared: readonly SavedViewBody[];
  onOwn: (own: readonly NamedView[]) => void;
}) {
  const words = useTexts(savedViewTexts);
  const names = useTexts(roleNames);
  const me = useMe();
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [audience, setAudience] = useState<Audience>('me');
  const [problem, setProblem] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  /** Of what is being shared: sent again after a lost answer, it is shared once. */
  const key = useRef<{ of: string; key: string } | null>(null);
  const keepOwn = (trimmed: string) => {
    const others = props.own.filter((one) => one.name !== trimmed);
    if (others.length >= OWN_MAX) return setProblem(words.tooMany);
    props.onOwn([...others, { name: trimmed, search: props.search }]);
    setName('');
  };
  const share = async (trimmed: string) => {
    const role = audience === 'everybody' || audience === 'me' ? null : audience;
    if (props.shared.some((one) => one.name === trimmed && one.role === role)) return setProblem(words.taken);
    const input = { list: props.list, name: trimmed, filter: props.search, role };
    const of = JSON.stringify(input);
    if (key.current?.of !== of) key.current = { of, key: crypto.randomUUID() };
    setBusy(true);
    setError(null);
    try {
      await naru.admin.savedViews.save(input, { idempotencyKey: key.current.key });
      key.current = null;
      setName('');
      showDone(words.saved);
      void client.invalidateQueries({ queryKey: ['saved-views'] });
    } catch (caught) {
      // What is asked for again, once a colleague has made room, is another request.
      if (isFinal(caught)) key.current = null;
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = name.trim();
    if (trimmed === '') return setProblem(words.nameNeeded);
    if (audience === 'me') keepOwn(trimmed);
    else void share(trimmed);
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-3" noValidate>
      <div className="flex flex-wrap items-end gap-2">
        <TextField
          label={words.name}
          value={name}
          onChange={(text) => {
            setName(text);
            setProblem(null);
            setError(null);
          }}
          error={problem}
          maxLength={NAME_LENGTH_MAX}
          className="min-w-48 flex-1"
        />
        {me.can('operations:write') ? (
          <Select<Audience>
            label={words.audience}
            value={audience}
            onChange={setAudience}
            choices={[
              { value: 'me', label: words.me },
              { value: 'everybody', label: words.everybody },
              ...roles.map((role) => ({ value: role, label: names[role] })),
            ]}
            className="w-48"
          />
        ) : null}
        <Button type="submit" variant="primary" size="md" isPending={isBusy}>
          {words.save}
        </Button>
      </div>
      {error === null ? null : (
        <ProblemBanner error={error} isCommand onRetry={() => void share(name.trim())} />
      )}
    </form>
  );
}
