import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import type { TreasuryProposalBody } from '@naru/wire/treasury.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandButton } from '../../primitives/command-button.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { treasuryTexts } from './treasury.texts.ts';
import { connect, isRefusal, signTypedData, useWallets } from './wallets.ts';

type Props = { proposal: TreasuryProposalBody; owners: readonly string[] };

/** An owner's signature, from a wallet of this browser. The key stays in the wallet. */
export function SignProposal({ proposal, owners }: Props) {
  const words = useTexts(treasuryTexts);
  const client = useQueryClient();
  const { wallets, look } = useWallets();
  const [chosen, setChosen] = useState<string | null>(null);
  const wallet = wallets.find((one) => one.id === chosen) ?? wallets[0];
  const sign = async () => {
    if (wallet === undefined) throw new Error(words.noWallet);
    const isSame = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();
    try {
      const account = await connect(wallet);
      if (account === null) throw new Error(words.noAccount);
      if (owners.length > 0 && !owners.some((owner) => isSame(owner, account)))
        throw new Error(words.notOwner(account));
      if (proposal.signatures.some((one) => isSame(one.owner, account))) throw new Error(words.alreadySigned);
      const signature = await signTypedData(wallet, account, proposal.typedData);
      await naru.admin.treasury.proposals.sign(proposal.id, { signature });
    } catch (error) {
      throw isRefusal(error) ? new Error(words.walletRefused) : error;
    }
  };
  if (wallet === undefined)
    return (
      <Banner
        tone="info"
        title={words.noWallet}
        actions={
          <Button variant="outline" onPress={look}>
            {words.findAgain}
          </Button>
        }
      >
        {words.noWalletHint}
      </Banner>
    );
  return (
    <CommandButton
      label={words.sign}
      variant="primary"
      command={{
        title: words.signTitle,
        consequence: (
          <>
            <p>{words.signWhat}</p>
            <p className="mt-2">
              <ShortId text={proposal.hash} isWhole />
            </p>
          </>
        ),
        confirmLabel: words.sign,
        reason: 'none',
        fields: (
          <Select
            label={words.wallet}
            value={wallet.id}
            choices={wallets.map((one) => ({ value: one.id, label: one.name }))}
            onChange={setChosen}
          />
        ),
        run: sign,
        doneText: words.signedDone,
        onDone: () => void client.invalidateQueries({ queryKey: ['treasury'] }),
      }}
    />
  );
}

/** A signature that was made on another machine. */
export function PasteSignature({ proposal }: { proposal: TreasuryProposalBody }) {
  const words = useTexts(treasuryTexts);
  const client = useQueryClient();
  const [signature, setSignature] = useState('');
  const isFine = /^0x[0-9a-fA-F]{130}$/.test(signature.trim());
  return (
    <CommandButton
      label={words.paste}
      onOpen={() => setSignature('')}
      command={{
        title: words.pasteTitle,
        consequence: words.pasteWhat,
        confirmLabel: words.paste,
        reason: 'none',
        fields: (
          <TextField
            label={words.pasteLabel}
            value={signature}
            onChange={setSignature}
            error={signature === '' || isFine ? null : words.badSignature}
            isRequired
            isMono
          />
        ),
        fieldProblem: isFine ? null : words.badSignature,
        run: () => naru.admin.treasury.proposals.sign(proposal.id, { signature: signature.trim() }),
        doneText: words.signedDone,
        onDone: () => void client.invalidateQueries({ queryKey: ['treasury'] }),
      }}
    />
  );
}
