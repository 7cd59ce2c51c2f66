import { Button } from '@naru/ui/button.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { Scope } from '@naru/wire/role.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { OnceDialog } from '../../primitives/once-dialog.tsx';
import { apiKeyTexts } from './api-key.texts.ts';
import { ScopePicker } from './scope-picker.tsx';

const EXPIRIES = ['none', '30', '90', '365'] as const;
type Draft = {
  name: string;
  scopes: readonly Scope[];
  ips: string;
  expiry: (typeof EXPIRIES)[number];
};
const EMPTY: Draft = { name: '', scopes: [], ips: '', expiry: '365' };
const DAY_MS = 86_400_000;

function findProblem({ name, scopes }: Draft): 'nameProblem' | 'scopesProblem' | null {
  if (name.trim() === '') return 'nameProblem';
  return scopes.length === 0 ? 'scopesProblem' : null;
}

export function CreateApiKey() {
  const words = useTexts(apiKeyTexts);
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState(EMPTY);
  const [showsProblem, setShowsProblem] = useState(false);
  const [told, setTold] = useState<{ secret: string | null } | null>(null);
  const problem = findProblem(draft);
  const create = async (idempotencyKey: string) => {
    const { name, scopes, ips, expiry } = draft;
    const ipAllowList = ips.split(/[\s,]+/).filter((one) => one !== '');
    const made = await naru.apiKeys.create(
      {
        name: name.trim(),
        scopes: [...scopes],
        ...(ipAllowList.length === 0 ? {} : { ipAllowList }),
        ...(expiry === 'none'
          ? {}
          : { expiresAt: new Date(Date.now() + Number(expiry) * DAY_MS).toISOString() }),
      },
      { idempotencyKey },
    );
    setTold({ secret: made.token });
  };
  const change = (part: Partial<Draft>) => {
    setDraft({ ...draft, ...part });
    setShowsProblem(true);
  };
  return (
    <>
      <Button variant="primary" onPress={() => setOpen(true)}>
        {words.create}
      </Button>
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.createTitle}
        consequence={words.createWhat}
        confirmLabel={words.create}
        reason="none"
        fields={<Fields draft={draft} onChange={change} problem={showsProblem ? problem : null} />}
        fieldProblem={problem === null ? null : words[problem]}
        run={({ idempotencyKey }) => create(idempotencyKey)}
        doneText={null}
        onDone={() => {
          setDraft(EMPTY);
          setShowsProblem(false);
          void client.invalidateQueries({ queryKey: ['api-keys'] });
        }}
      />
      <OnceDialog
        secret={told?.secret ?? null}
        onClose={() => setTold(null)}
        title={words.tokenTitle}
        why={words.tokenWhy}
        lost={told?.secret === null ? words.tokenLost : null}
      />
    </>
  );
}

function Fields({
  draft,
  onChange,
  problem,
}: {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  problem: ReturnType<typeof findProblem>;
}) {
  const words = useTexts(apiKeyTexts);
  return (
    <>
      <TextField
        label={words.name}
        value={draft.name}
        onChange={(name) => onChange({ name })}
        hint={words.nameHint}
        error={problem === 'nameProblem' ? words.nameProblem : null}
        maxLength={200}
        isRequired
      />
      <ScopePicker
        selected={draft.scopes}
        onChange={(scopes) => onChange({ scopes })}
        problem={problem === 'scopesProblem' ? words.scopesProblem : null}
      />
      <TextField
        label={words.ipAllowList}
        value={draft.ips}
        onChange={(ips) => onChange({ ips })}
        hint={words.ipHint}
        placeholder="10.0.0.0/16"
        isMono
      />
      <Select
        label={words.expiry}
        value={draft.expiry}
        choices={EXPIRIES.map((value) => ({
          value,
          label: value === 'none' ? words.noExpiry : words.days(value),
        }))}
        onChange={(expiry) => onChange({ expiry })}
      />
    </>
  );
}
