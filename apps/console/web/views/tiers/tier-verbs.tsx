import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { TierBody } from '@naru/wire/policy.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandButton } from '../../primitives/command-button.tsx';
import { tierTexts } from './tier.texts.ts';

const ceilings = [
  { field: 'perWithdrawalKrwMax', name: 'perWithdrawal', isCount: false },
  { field: 'dailyKrwMax', name: 'daily', isCount: false },
  { field: 'monthlyKrwMax', name: 'monthly', isCount: false },
  { field: 'dailyCountMax', name: 'dailyCount', isCount: true },
  { field: 'monthlyCountMax', name: 'monthlyCount', isCount: true },
] as const;
type Field = (typeof ceilings)[number]['field'];
type Draft = { code: string; name: string } & Record<Field, string>;

function draftOf(tier: TierBody | null): Draft {
  const text = (value: string | number | null | undefined) => String(value ?? '');
  return {
    code: tier?.code ?? '',
    name: tier?.name ?? '',
    perWithdrawalKrwMax: text(tier?.perWithdrawalKrwMax),
    dailyKrwMax: text(tier?.dailyKrwMax),
    monthlyKrwMax: text(tier?.monthlyKrwMax),
    dailyCountMax: text(tier?.dailyCountMax),
    monthlyCountMax: text(tier?.monthlyCountMax),
  };
}

/** Empty is no ceiling; won may be zero, a count may not. */
function isCeiling(text: string, isCount: boolean): boolean {
  return text === '' || (isCount ? /^[1-9][0-9]{0,8}$/ : /^(0|[1-9][0-9]{0,29})$/).test(text);
}

/** Makes a tier, or changes one. */
export function SetTier({ tier }: { tier: TierBody | null }) {
  const words = useTexts(tierTexts);
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft>(draftOf(tier));
  const isCode = /^[a-z][a-z0-9-]{1,39}$/.test(draft.code);
  const problem = !isCode
    ? words.badCode
    : draft.name.trim() === ''
      ? words.nameNeeded
      : ceilings.every(({ field, isCount }) => isCeiling(draft[field], isCount))
        ? null
        : words.badNumber;
  const label = tier === null ? words.add : words.change;
  const krw = (text: string) => (text === '' ? null : text);
  const count = (text: string) => (text === '' ? null : Number(text));
  return (
    <CommandButton
      label={label}
      {...(tier === null ? {} : { name: `${label}: ${tier.name}` })}
      variant={tier === null ? 'primary' : 'ghost'}
      onOpen={() => setDraft(draftOf(tier))}
      command={{
        title: tier === null ? words.add : `${words.change}: ${tier.name}`,
        consequence: words.setWhat,
        confirmLabel: label,
        reason: 'none',
        fields: (
          <>
            <TextField
              label={words.code}
              value={draft.code}
              onChange={(code) => setDraft({ ...draft, code })}
              error={draft.code === '' || isCode ? null : words.badCode}
              isDisabled={tier !== null}
              isRequired
              isMono
            />
            <TextField
              label={words.name}
              value={draft.name}
              onChange={(name) => setDraft({ ...draft, name })}
              maxLength={200}
              isRequired
            />
            {ceilings.map(({ field, name, isCount }) => (
              <TextField
                key={field}
                label={`${words[name]} (${isCount ? words.number : words.won})`}
                inputMode="numeric"
                value={draft[field]}
                onChange={(text) => setDraft({ ...draft, [field]: text })}
                error={isCeiling(draft[field], isCount) ? null : words.badNumber}
                isMono
              />
            ))}
          </>
        ),
        fieldProblem: problem,
        run: ({ idempotencyKey }) =>
          naru.admin.tiers.set(
            {
              code: draft.code,
              name: draft.name.trim(),
              perWithdrawalKrwMax: krw(draft.perWithdrawalKrwMax),
              dailyKrwMax: krw(draft.dailyKrwMax),
              monthlyKrwMax: krw(draft.monthlyKrwMax),
              dailyCountMax: count(draft.dailyCountMax),
              monthlyCountMax: count(draft.monthlyCountMax),
            },
            { idempotencyKey },
          ),
        doneText: words.setDone,
        onDone: () => void client.invalidateQueries({ queryKey: ['tiers'] }),
      }}
    />
  );
}

const NONE = 'none-of-them';

export function AssignTier({ tiers }: { tiers: readonly TierBody[] }) {
  const words = useTexts(tierTexts);
  const client = useQueryClient();
  const [organisation, setOrganisation] = useState('');
  const [code, setCode] = useState<string>(NONE);
  const isFine = /^org_[0-9a-z]{20,40}$/.test(organisation.trim());
  return (
    <CommandButton
      label={words.assign}
      onOpen={() => setOrganisation('')}
      command={{
        title: words.assign,
        consequence: words.assignWhat,
        confirmLabel: words.assign,
        reason: 'none',
        fields: (
          <>
            <TextField
              label={words.organisationId}
              value={organisation}
              onChange={setOrganisation}
              error={organisation === '' || isFine ? null : words.badOrganisation}
              isRequired
              isMono
            />
            <Select
              label={words.tier}
              value={code}
              choices={[
                { value: NONE, label: words.noTier },
                ...tiers.map((tier) => ({ value: tier.code, label: tier.name })),
              ]}
              onChange={setCode}
            />
          </>
        ),
        fieldProblem: isFine ? null : words.badOrganisation,
        run: ({ idempotencyKey }) =>
          naru.admin.tiers.assign(
            { organisationId: organisation.trim(), code: code === NONE ? null : code },
            { idempotencyKey },
          ),
        doneText: words.assigned,
        onDone: () => void client.invalidateQueries({ queryKey: ['tiers'] }),
      }}
    />
  );
}
