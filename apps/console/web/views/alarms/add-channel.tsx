import { Button } from '@naru/ui/button.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { OnceDialog } from '../../primitives/once-dialog.tsx';
import { alarmTexts } from './alarm.texts.ts';

type Draft = {
  name: string;
  kind: 'webhook' | 'email';
  severity: 'warning' | 'critical';
  url: string;
  to: string;
};

const EMPTY: Draft = { name: '', kind: 'webhook', severity: 'warning', url: '', to: '' };

function addressesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((one) => one !== '');
}

function findProblem({ name, kind, url, to }: Draft) {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return 'channelNameProblem';
  if (kind === 'webhook') return URL.canParse(url) ? null : 'urlProblem';
  return addressesOf(to).length === 0 ? 'addressesProblem' : null;
}

export function AddChannel() {
  const words = useTexts(alarmTexts);
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [draft, setDraft] = useState(EMPTY);
  const [secret, setSecret] = useState<string | null>(null);
  const problem = findProblem(draft);
  const { name, kind, severity } = draft;
  return (
    <>
      <Button variant="primary" onPress={() => setOpen(true)}>
        {words.add}
      </Button>
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.addTitle}
        consequence={words.addWhat}
        confirmLabel={words.add}
        reason="none"
        fields={<ChannelFields draft={draft} onChange={setDraft} problem={problem} />}
        fieldProblem={problem === null ? null : words[problem]}
        run={async ({ idempotencyKey }) => {
          const made = await naru.admin.alertChannels.create(
            kind === 'webhook'
              ? { kind, name, severity, url: draft.url }
              : { kind, name, severity, to: addressesOf(draft.to) },
            { idempotencyKey },
          );
          setSecret(made.secret);
        }}
        doneText={null}
        onDone={() => {
          setDraft(EMPTY);
          void client.invalidateQueries({ queryKey: ['alert-channels'] });
        }}
      />
      <OnceDialog
        secret={secret}
        onClose={() => setSecret(null)}
        title={words.secretTitle}
        why={words.secretWhy}
      />
    </>
  );
}

function ChannelFields({
  draft,
  onChange,
  problem,
}: {
  draft: Draft;
  onChange: (draft: Draft) => void;
  problem: ReturnType<typeof findProblem>;
}) {
  const words = useTexts(alarmTexts);
  const change = (part: Partial<Draft>) => onChange({ ...draft, ...part });
  return (
    <>
      <TextField
        label={words.channelName}
        value={draft.name}
        onChange={(name) => change({ name })}
        hint={words.channelNameHint}
        error={draft.name !== '' && problem === 'channelNameProblem' ? words.channelNameProblem : null}
        isRequired
      />
      <Select
        label={words.kind}
        value={draft.kind}
        choices={(['webhook', 'email'] as const).map((value) => ({ value, label: words[value] }))}
        onChange={(kind) => change({ kind })}
      />
      {draft.kind === 'webhook' ? (
        <TextField
          label={words.url}
          type="url"
          value={draft.url}
          onChange={(url) => change({ url })}
          placeholder="https://hooks.example.com/naru"
          error={draft.url !== '' && problem === 'urlProblem' ? words.urlProblem : null}
          isRequired
        />
      ) : (
        <TextField
          label={words.addresses}
          value={draft.to}
          onChange={(to) => change({ to })}
          hint={words.addressesHint}
          placeholder="oncall@example.com"
          isRequired
        />
      )}
      <Select
        label={words.level}
        value={draft.severity}
        choices={(['warning', 'critical'] as const).map((value) => ({ value, label: words[value] }))}
        onChange={(severity) => change({ severity })}
      />
    </>
  );
}
