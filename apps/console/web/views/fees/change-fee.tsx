import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { WithdrawalFeeBody } from '@naru/wire/withdrawal-fee.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { isAmountOrZero } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandButton } from '../../primitives/command-button.tsx';
import { feeTexts } from './fee.texts.ts';

type Draft = { flat: string; basisPoints: string; gasPercent: string; minimum: string; maximum: string };

function draftOf(fee: WithdrawalFeeBody | null): Draft {
  const terms = fee?.terms;
  return {
    flat: terms?.flat ?? '0',
    basisPoints: String(terms?.basisPoints ?? 0),
    gasPercent: String(terms?.gasPercent ?? 0),
    minimum: terms?.minimum ?? '0',
    maximum: terms?.maximum ?? '',
  };
}

function isWhole(text: string, max: number): boolean {
  return /^(0|[1-9][0-9]{0,5})$/.test(text) && Number(text) <= max;
}

function isFine(draft: Draft): boolean {
  return (
    isAmountOrZero(draft.flat) &&
    isAmountOrZero(draft.minimum) &&
    (draft.maximum === '' || isAmountOrZero(draft.maximum)) &&
    isWhole(draft.basisPoints, 10_000) &&
    isWhole(draft.gasPercent, 1_000)
  );
}

const fields = ['flat', 'basisPoints', 'gasPercent', 'minimum', 'maximum'] as const;

/** Sets the fee of an asset, of everybody or of one organisation. `fee`: the one in force. */
export function ChangeFee({
  fee,
  fees,
}: {
  fee: WithdrawalFeeBody | null;
  fees: readonly WithdrawalFeeBody[];
}) {
  const words = useTexts(feeTexts);
  const client = useQueryClient();
  const assets = useQuery({
    queryKey: ['assets', 'own'],
    queryFn: ({ signal }) => naru.assets.list({ signal }),
    staleTime: 60_000,
  });
  const [chosen, setChosen] = useState<string | null>(null);
  const [organisation, setOrganisation] = useState('');
  const [draft, setDraft] = useState<Draft>(draftOf(fee));
  const choices = (assets.data ?? []).map((one) => `${one.chain}:${one.asset}`);
  const [chain = '', asset = ''] = (
    fee === null ? (chosen ?? choices[0] ?? '') : `${fee.chain}:${fee.asset}`
  ).split(':');
  const organisationId = fee === null ? organisation.trim() || null : fee.organisationId;
  const isOrganisation = organisationId === null || /^org_[0-9a-z]{20,40}$/.test(organisationId);
  const seen =
    fee ??
    fees.find((one) => one.chain === chain && one.asset === asset && one.organisationId === organisationId);
  const label = fee === null ? words.add : words.change;
  const names = { ...words, basisPoints: words.basisPoints, gasPercent: words.gasPercent };
  return (
    <CommandButton
      label={label}
      {...(fee === null ? {} : { name: `${label}: ${asset} ${chain}` })}
      variant={fee === null ? 'primary' : 'ghost'}
      onOpen={() => {
        setDraft(draftOf(fee));
        setOrganisation('');
      }}
      command={{
        title: fee === null ? words.add : `${words.change}: ${asset} · ${chain}`,
        consequence: words.changeWhat,
        confirmLabel: label,
        reason: 'required',
        fields: (
          <>
            {fee === null ? (
              <>
                <Select
                  label={words.asset}
                  value={`${chain}:${asset}`}
                  choices={choices.map((value) => ({ value, label: value }))}
                  onChange={setChosen}
                />
                <TextField
                  label={words.organisationId}
                  value={organisation}
                  onChange={setOrganisation}
                  error={isOrganisation ? null : words.badOrganisation}
                  isMono
                />
              </>
            ) : null}
            {fields.map((field) => (
              <TextField
                key={field}
                label={names[field]}
                inputMode="decimal"
                value={draft[field]}
                onChange={(text) => setDraft({ ...draft, [field]: text })}
                hint={field === 'maximum' ? words.maxHint : null}
                isMono
              />
            ))}
            {isFine(draft) ? null : (
              <p role="alert" className="text-sm text-bad-text">
                {words.bad}
              </p>
            )}
          </>
        ),
        fieldProblem:
          asset === ''
            ? words.pickAsset
            : !isOrganisation
              ? words.badOrganisation
              : isFine(draft)
                ? null
                : words.bad,
        run: ({ reason, idempotencyKey }) =>
          naru.admin.withdrawalFees.change(
            {
              chain,
              asset,
              organisationId,
              terms: {
                flat: draft.flat,
                basisPoints: Number(draft.basisPoints),
                gasPercent: Number(draft.gasPercent),
                minimum: draft.minimum,
                maximum: draft.maximum === '' ? null : draft.maximum,
              },
              seenVersion: seen?.version ?? 0,
              reason,
            },
            { idempotencyKey },
          ),
        doneText: words.done,
        onDone: () => void client.invalidateQueries({ queryKey: ['fees'] }),
      }}
    />
  );
}

export function EndFee({ fee }: { fee: WithdrawalFeeBody }) {
  const words = useTexts(feeTexts);
  const client = useQueryClient();
  const { chain, asset, organisationId, version } = fee;
  return (
    <CommandButton
      label={words.end}
      name={`${words.end}: ${asset} ${chain}`}
      variant="ghost"
      command={{
        title: words.endTitle,
        consequence: words.endWhat,
        confirmLabel: words.end,
        tone: 'danger',
        reason: 'required',
        run: ({ reason, idempotencyKey }) =>
          naru.admin.withdrawalFees.change(
            { chain, asset, organisationId, terms: null, seenVersion: version, reason },
            { idempotencyKey },
          ),
        doneText: words.done,
        onDone: () => void client.invalidateQueries({ queryKey: ['fees'] }),
      }}
    />
  );
}
