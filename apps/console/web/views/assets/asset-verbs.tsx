import { TextField } from '@naru/ui/text-field.tsx';
import type { OperatedAssetBody, OperatedChainBody } from '@naru/wire/operated-asset.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { isAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandButton, CommandMenu, type MenuCommand } from '../../primitives/command-button.tsx';
import { assetTexts } from './asset.texts.ts';

export function SwitchChain({ chain }: { chain: OperatedChainBody }) {
  const words = useTexts(assetTexts);
  const client = useQueryClient();
  const label = chain.accepting ? words.disable : words.enable;
  return (
    <CommandButton
      label={label}
      name={`${label}: ${chain.name}`}
      variant="ghost"
      command={{
        title: `${label}: ${chain.name}`,
        consequence: chain.accepting ? words.disableChainWhat : words.enableChainWhat,
        confirmLabel: label,
        ...(chain.accepting ? { tone: 'danger' as const } : {}),
        reason: 'required',
        run: ({ reason, idempotencyKey }) =>
          chain.accepting
            ? naru.admin.chains.disable(chain.chain, { reason }, { idempotencyKey })
            : naru.admin.chains.enable(chain.chain, { reason }, { idempotencyKey }),
        doneText: words.changed,
        onDone: () => void client.invalidateQueries({ queryKey: ['chains'] }),
      }}
    />
  );
}

export function AssetVerbs({ asset }: { asset: OperatedAssetBody }) {
  const words = useTexts(assetTexts);
  const client = useQueryClient();
  const [amount, setAmount] = useState('');
  const onDone = () => void client.invalidateQueries({ queryKey: ['assets'] });
  const what = `${asset.asset} · ${asset.chain}`;
  const limit = (name: 'minimum' | 'maximum', label: string): MenuCommand => ({
    id: name,
    label,
    command: {
      title: `${label}: ${what}`,
      consequence: words.limitWhat,
      confirmLabel: label,
      reason: 'required',
      fields: (
        <TextField
          label={words.limit}
          inputMode="decimal"
          value={amount}
          onChange={setAmount}
          error={amount === '' || isAmount(amount) ? null : words.badAmount}
          isMono
        />
      ),
      fieldProblem: amount === '' || isAmount(amount) ? null : words.badAmount,
      run: ({ reason, idempotencyKey }) =>
        naru.admin.assets.limit(
          asset,
          { limit: name, amount: amount === '' ? null : amount, reason },
          { idempotencyKey },
        ),
      doneText: words.changed,
      onDone,
    },
  });
  const verb = asset.enabled ? words.disable : words.enable;
  return (
    <CommandMenu
      label={words.verbs}
      name={`${words.verbs}: ${what}`}
      variant="ghost"
      onOpen={(id) => setAmount(id === 'minimum' ? asset.minimum : (asset.maximum ?? ''))}
      commands={[
        limit('minimum', words.setMinimum),
        limit('maximum', words.setMaximum),
        {
          id: 'switch',
          label: verb,
          isDanger: asset.enabled,
          command: {
            title: `${verb}: ${what}`,
            consequence: asset.enabled ? words.disableAssetWhat : words.enableAssetWhat,
            confirmLabel: verb,
            ...(asset.enabled ? { tone: 'danger' as const } : {}),
            reason: 'required',
            run: ({ reason, idempotencyKey }) =>
              asset.enabled
                ? naru.admin.assets.disable(asset, { reason }, { idempotencyKey })
                : naru.admin.assets.enable(asset, { reason }, { idempotencyKey }),
            doneText: words.changed,
            onDone,
          },
        },
      ]}
    />
  );
}
