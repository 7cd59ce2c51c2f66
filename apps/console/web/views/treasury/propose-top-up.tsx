import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { TreasuryBody } from '@naru/wire/treasury.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { isAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandButton } from '../../primitives/command-button.tsx';
import { accountTexts } from '../accounts/account.texts.ts';
import { treasuryTexts } from './treasury.texts.ts';

/** Asks the owners of a treasury to pay an account of ours. */
export function ProposeTopUp({ treasury }: { treasury: TreasuryBody }) {
  const words = useTexts(treasuryTexts);
  const roles = useTexts(accountTexts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const accounts = useQuery({
    queryKey: ['accounts', 'of', treasury.chain],
    queryFn: ({ signal }) => naru.admin.subAccounts.list({ chain: treasury.chain }, { signal }),
  });
  const [asset, setAsset] = useState(treasury.balances[0]?.asset ?? '');
  const [amount, setAmount] = useState('');
  const [chosen, setTo] = useState<string | null>(null);
  const choices = (accounts.data ?? []).filter((one) => one.state !== 'RETIRED');
  const to = chosen ?? choices[0]?.address ?? '';
  return (
    <CommandButton
      label={words.propose}
      name={`${words.propose}: ${treasury.chain}`}
      variant="primary"
      onOpen={() => setAmount('')}
      command={{
        title: words.propose,
        consequence: words.proposeWhat,
        confirmLabel: words.propose,
        reason: 'required',
        fields: (
          <>
            <Select
              label={words.asset}
              value={asset}
              choices={treasury.balances.map((one) => ({ value: one.asset, label: one.asset }))}
              onChange={setAsset}
            />
            <TextField
              label={words.amount}
              inputMode="decimal"
              value={amount}
              onChange={setAmount}
              error={amount === '' || isAmount(amount) ? null : words.badAmount}
              isRequired
              isMono
            />
            <Select
              label={words.to}
              value={to}
              choices={choices.map((one) => ({
                value: one.address,
                label: `${roles[one.role]} ${one.address.slice(0, 10)}…${one.address.slice(-6)}`,
              }))}
              onChange={setTo}
            />
          </>
        ),
        fieldProblem:
          asset === ''
            ? words.badAsset
            : !isAmount(amount)
              ? words.badAmount
              : to === ''
                ? words.badAddress
                : null,
        run: async ({ reason, idempotencyKey }) => {
          const made = await naru.admin.treasury.proposals.propose(
            { chain: treasury.chain, asset, amount, to, reason },
            { idempotencyKey },
          );
          await navigate({ to: '/treasury/$id', params: { id: made.id } });
        },
        doneText: words.proposed,
        onDone: () => void client.invalidateQueries({ queryKey: ['treasury'] }),
      }}
    />
  );
}
