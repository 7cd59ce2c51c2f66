import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { ChangeSubAccountInput, SubAccountBody } from '@naru/wire/sub-account.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { isAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { AddressField, useAddressProblem } from '../../primitives/address-field.tsx';
import { CommandButton, CommandMenu, type MenuCommand } from '../../primitives/command-button.tsx';
import { useConfiguredChains } from '../../primitives/use-configured-chains.ts';
import { accountTexts } from './account.texts.ts';

type Words = (typeof accountTexts)['ko'];
type Role = SubAccountBody['role'];
type Change = ChangeSubAccountInput['change'];

const roleNames = ['PAYOUT', 'MAIN', 'GAS'] as const satisfies readonly Role[];

export function RoleSelect(props: { label: string; value: Role; onChange: (role: Role) => void }) {
  const words = useTexts(accountTexts);
  return (
    <Select
      label={props.label}
      value={props.value}
      choices={roleNames.map((value) => ({ value, label: words[value] }))}
      onChange={props.onChange}
    />
  );
}

/** What stands in the way of a verb now, as the machine of accounts has it; undefined: nothing. */
function hindrance(account: SubAccountBody, change: Change, words: Words): string | undefined {
  const { state, draining, inFlight } = account;
  switch (change) {
    case 'pause':
      return state === 'ACTIVE' ? undefined : words.onlyActive;
    case 'resume':
      return state === 'PAUSED' || state === 'DRAINED' || (state === 'ACTIVE' && draining)
        ? undefined
        : words.onlyPaused;
    case 'drain':
      return (state === 'ACTIVE' || state === 'PAUSED') && !draining ? undefined : words.onlyActive;
    case 'retire':
      if (state === 'RETIRED') return words.notRetired;
      if (state === 'ACTIVE') return words.notWhileActive;
      return inFlight > 0 ? words.notInFlight : undefined;
  }
}

/** What can be done with one account. */
export function AccountVerbs({ account }: { account: SubAccountBody }) {
  const words = useTexts(accountTexts);
  const me = useMe();
  const client = useQueryClient();
  const [role, setRole] = useState<Role>(account.role);
  const [asset, setAsset] = useState(account.balances[0]?.asset ?? '');
  const [amount, setAmount] = useState('');
  const [isGas, setGas] = useState(false);
  const onDone = () => void client.invalidateQueries({ queryKey: ['accounts'] });
  const change = (id: Change, title: string, consequence: string, doneText: string): MenuCommand => ({
    id,
    label: words[id],
    disabledBecause: hindrance(account, id, words),
    isDanger: id === 'retire',
    command: {
      title,
      consequence,
      confirmLabel: words[id],
      ...(id === 'retire' ? { tone: 'danger' as const } : {}),
      reason: 'required',
      run: ({ reason }) => naru.admin.subAccounts.change(account, { change: id, reason }),
      doneText,
      onDone,
    },
  });
  const isRetired = account.state === 'RETIRED';
  return (
    <CommandMenu
      label={words.verbs}
      name={`${words.verbs}: ${account.address}`}
      onOpen={() => {
        setRole(account.role);
        setAmount('');
        setGas(false);
      }}
      commands={[
        {
          id: 'topUp',
          label: words.topUp,
          disabledBecause: isRetired ? words.notRetired : undefined,
          command: {
            title: words.topUp,
            consequence: words.topUpWhat,
            confirmLabel: words.topUp,
            reason: 'required',
            fields: (
              <>
                <Select
                  label={words.asset}
                  value={asset}
                  choices={account.balances.map((one) => ({ value: one.asset, label: one.asset }))}
                  onChange={setAsset}
                />
                <TextField
                  label={words.amount}
                  inputMode="decimal"
                  value={amount}
                  onChange={setAmount}
                  hint={words.amountHint}
                  error={amount === '' || isAmount(amount) ? null : words.badAmount}
                  isRequired
                  isMono
                />
                <Checkbox isSelected={isGas} onChange={setGas}>
                  {words.asGas}
                </Checkbox>
              </>
            ),
            fieldProblem: isAmount(amount) ? null : words.badAmount,
            run: ({ reason, idempotencyKey }) =>
              naru.admin.subAccounts.topUp(
                account,
                { asset, amount, gas: isGas, reason },
                { idempotencyKey },
              ),
            doneText: words.toppedUp,
            onDone,
          },
        },
        change('pause', words.pauseTitle, words.pauseWhat, words.paused),
        change('resume', words.resumeTitle, words.resumeWhat, words.resumed),
        change('drain', words.drainTitle, words.drainWhat, words.drainStarted),
        {
          id: 'role',
          label: words.changeRole,
          disabledBecause: !me.can('admin')
            ? words.needsAdmin
            : isRetired || account.state === 'DRAINED'
              ? words.onlyActive
              : undefined,
          command: {
            title: words.changeRole,
            consequence: words.changeRoleWhat,
            confirmLabel: words.changeRole,
            reason: 'required',
            fields: <RoleSelect label={words.newRole} value={role} onChange={setRole} />,
            run: ({ reason }) => naru.admin.subAccounts.setRole(account, { role, reason }),
            doneText: words.roleChanged,
            onDone,
          },
        },
        change('retire', words.retireTitle, words.retireWhat, words.retired),
      ]}
    />
  );
}

export function AddAccount() {
  const words = useTexts(accountTexts);
  const client = useQueryClient();
  const chains = useConfiguredChains();
  const [chosen, setChain] = useState<string | null>(null);
  const [address, setAddress] = useState('');
  const [role, setRole] = useState<Role>('PAYOUT');
  const chain = chosen ?? chains[0] ?? '';
  const addressProblem = useAddressProblem(address);
  return (
    <CommandButton
      label={words.add}
      variant="primary"
      onOpen={() => setAddress('')}
      command={{
        title: words.add,
        consequence: words.addWhat,
        confirmLabel: words.add,
        reason: 'required',
        fields: (
          <>
            <Select
              label={words.chain}
              value={chain}
              choices={chains.map((value) => ({ value, label: value }))}
              onChange={setChain}
            />
            <AddressField label={words.address} value={address} onChange={setAddress} isRequired />
            <RoleSelect label={words.role} value={role} onChange={setRole} />
          </>
        ),
        fieldProblem: addressProblem,
        run: ({ reason }) => naru.admin.subAccounts.add({ chain, address: address.trim(), role, reason }),
        doneText: words.added,
        onDone: () => void client.invalidateQueries({ queryKey: ['accounts'] }),
      }}
    />
  );
}
