import type { Column } from '@naru/ui/data-table.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { AccountThresholdBody, SetThresholdInput } from '@naru/wire/sub-account.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { compareAmounts, formatAmount, isAmountOrZero } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { AddressField, useAddressProblem } from '../../primitives/address-field.tsx';
import { CommandButton, CommandMenu } from '../../primitives/command-button.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { TableCard } from '../../primitives/table-card.tsx';
import { Time } from '../../primitives/time.tsx';
import { useConfiguredChains } from '../../primitives/use-configured-chains.ts';
import { accountTexts } from './account.texts.ts';
import { RoleSelect } from './account-verbs.tsx';

export function Thresholds() {
  const words = useTexts(accountTexts);
  const me = useMe();
  const canChange = me.can('admin');
  const query = useQuery({
    queryKey: ['accounts', 'thresholds'],
    queryFn: ({ signal }) => naru.admin.subAccounts.thresholds.list({}, { signal }),
  });
  const columns = useMemo<Column<AccountThresholdBody>[]>(
    () => [
      {
        id: 'of',
        header: words.appliesTo,
        isKey: true,
        width: 14,
        cell: (row) =>
          row.address === null ? (
            words.everyRole(words[row.role ?? 'PAYOUT'])
          ) : (
            <ShortId text={row.address} />
          ),
      },
      { id: 'chain', header: words.chain, width: 8, cell: (row) => row.chain },
      { id: 'asset', header: words.asset, width: 6, cell: (row) => row.asset },
      {
        id: 'purpose',
        header: words.purpose,
        width: 8,
        cell: (row) => words[row.purpose === 'GAS' ? 'GAS_purpose' : 'BALANCE'],
      },
      { id: 'low', header: words.low, align: 'end', width: 10, cell: (row) => formatAmount(row.low) },
      {
        id: 'target',
        header: words.target,
        align: 'end',
        width: 10,
        cell: (row) => formatAmount(row.target),
      },
      {
        id: 'high',
        header: words.high,
        align: 'end',
        width: 10,
        cell: (row) => (row.high === null ? words.never : formatAmount(row.high)),
      },
      { id: 'updated', header: words.updated, width: 12, cell: (row) => <Time at={row.updatedAt} /> },
      ...(canChange
        ? [
            {
              id: 'verbs',
              header: words.verb,
              width: 7,
              cell: (row: AccountThresholdBody) => <ThresholdVerbs threshold={row} />,
            },
          ]
        : []),
    ],
    [words, canChange],
  );
  return (
    <TableCard
      query={query}
      title={words.thresholds}
      {...(canChange ? { actions: <SetThreshold /> } : {})}
      columns={columns}
      rowsOf={(thresholds) => thresholds}
      rowId={(row) => `${row.chain} ${row.asset} ${row.purpose} ${row.role ?? row.address}`}
      empty={{ title: words.thresholdsEmpty, hint: words.thresholdsEmptyHint }}
    />
  );
}

type Levels = { low: string; target: string; high: string };

function areFine({ low, target, high }: Levels): boolean {
  if (!isAmountOrZero(low) || !isAmountOrZero(target) || (high !== '' && !isAmountOrZero(high))) return false;
  return compareAmounts(low, target) <= 0 && (high === '' || compareAmounts(target, high) <= 0);
}

function LevelFields({ levels, onChange }: { levels: Levels; onChange: (levels: Levels) => void }) {
  const words = useTexts(accountTexts);
  const isBegun = levels.low !== '' && levels.target !== '';
  return (
    <>
      <TextField
        label={words.low}
        inputMode="decimal"
        value={levels.low}
        onChange={(low) => onChange({ ...levels, low })}
        hint={words.lowHint}
        isRequired
        isMono
      />
      <TextField
        label={words.target}
        inputMode="decimal"
        value={levels.target}
        onChange={(target) => onChange({ ...levels, target })}
        error={isBegun && !areFine(levels) ? words.badLevels : null}
        isRequired
        isMono
      />
      <TextField
        label={words.high}
        inputMode="decimal"
        value={levels.high}
        onChange={(high) => onChange({ ...levels, high })}
        hint={words.highHint}
        isMono
      />
    </>
  );
}

function keyOf(row: AccountThresholdBody) {
  const of = row.address === null ? { role: row.role ?? ('PAYOUT' as const) } : { address: row.address };
  return { chain: row.chain, asset: row.asset, purpose: row.purpose, of };
}

function ThresholdVerbs({ threshold }: { threshold: AccountThresholdBody }) {
  const words = useTexts(accountTexts);
  const client = useQueryClient();
  const initial = { low: threshold.low, target: threshold.target, high: threshold.high ?? '' };
  const [levels, setLevels] = useState<Levels>(initial);
  const onDone = () => void client.invalidateQueries({ queryKey: ['accounts'] });
  const of = `${threshold.asset} ${threshold.address ?? words[threshold.role ?? 'PAYOUT']}`;
  return (
    <CommandMenu
      label={words.verbs}
      name={`${words.verbs}: ${of} ${threshold.purpose}`}
      variant="ghost"
      onOpen={() => setLevels(initial)}
      commands={[
        {
          id: 'set',
          label: words.changeThreshold,
          command: {
            title: `${words.setThreshold}: ${of}`,
            consequence: words.thresholdWhat,
            confirmLabel: words.setThreshold,
            reason: 'required',
            fields: <LevelFields levels={levels} onChange={setLevels} />,
            fieldProblem: areFine(levels) ? null : words.badLevels,
            run: ({ reason }) =>
              naru.admin.subAccounts.thresholds.set({
                ...keyOf(threshold),
                low: levels.low,
                target: levels.target,
                high: levels.high === '' ? null : levels.high,
                reason,
              }),
            doneText: words.thresholdSet,
            onDone,
          },
        },
        {
          id: 'remove',
          label: words.removeThreshold,
          isDanger: true,
          command: {
            title: words.removeThresholdTitle,
            consequence: words.removeThresholdWhat,
            confirmLabel: words.removeThreshold,
            tone: 'danger',
            reason: 'required',
            run: ({ reason }) => naru.admin.subAccounts.thresholds.remove({ ...keyOf(threshold), reason }),
            doneText: words.thresholdRemoved,
            onDone,
          },
        },
      ]}
    />
  );
}

const EVERY = 'role';

function SetThreshold() {
  const words = useTexts(accountTexts);
  const client = useQueryClient();
  const chains = useConfiguredChains();
  const [chosen, setChain] = useState<string | null>(null);
  const [asset, setAsset] = useState('');
  const [purpose, setPurpose] = useState<'BALANCE' | 'GAS'>('BALANCE');
  const [of, setOf] = useState<'role' | 'address'>(EVERY);
  const [role, setRole] = useState<'PAYOUT' | 'MAIN' | 'GAS'>('PAYOUT');
  const [address, setAddress] = useState('');
  const [levels, setLevels] = useState<Levels>({ low: '', target: '', high: '' });
  const chain = chosen ?? chains[0] ?? '';
  const addressProblem = useAddressProblem(address);
  const problem =
    asset.trim() === ''
      ? words.badAsset
      : of === 'address' && addressProblem !== null
        ? addressProblem
        : areFine(levels)
          ? null
          : words.badLevels;
  return (
    <CommandButton
      label={words.setThreshold}
      command={{
        title: words.setThreshold,
        consequence: words.thresholdWhat,
        confirmLabel: words.setThreshold,
        reason: 'required',
        fields: (
          <>
            <Select
              label={words.chain}
              value={chain}
              choices={chains.map((value) => ({ value, label: value }))}
              onChange={setChain}
            />
            <TextField
              label={words.asset}
              value={asset}
              onChange={setAsset}
              placeholder="USDC"
              isRequired
              isMono
            />
            <Select
              label={words.purpose}
              value={purpose}
              choices={[
                { value: 'BALANCE', label: words.BALANCE },
                { value: 'GAS', label: words.GAS_purpose },
              ]}
              onChange={setPurpose}
            />
            <Select
              label={words.appliesTo}
              value={of}
              choices={[
                { value: EVERY, label: words.role },
                { value: 'address', label: words.oneAccount },
              ]}
              onChange={setOf}
            />
            {of === EVERY ? (
              <RoleSelect label={words.role} value={role} onChange={setRole} />
            ) : (
              <AddressField label={words.address} value={address} onChange={setAddress} isRequired />
            )}
            <LevelFields levels={levels} onChange={setLevels} />
          </>
        ),
        fieldProblem: problem,
        run: ({ reason }) => {
          const input: SetThresholdInput = {
            chain,
            asset: asset.trim(),
            purpose,
            of: of === EVERY ? { role } : { address: address.trim() },
            low: levels.low,
            target: levels.target,
            high: levels.high === '' ? null : levels.high,
            reason,
          };
          return naru.admin.subAccounts.thresholds.set(input);
        },
        doneText: words.thresholdSet,
        onDone: () => void client.invalidateQueries({ queryKey: ['accounts'] }),
      }}
    />
  );
}
