import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { TokenProbeBody } from '@naru/wire/operated-asset.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { AddressField, useAddressProblem } from '../../primitives/address-field.tsx';
import { CommandButton } from '../../primitives/command-button.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { assetTexts } from './asset.texts.ts';

const ASKING_REFRESH_MS = 1_000;

/** Asks the nodes about a token, before anything is added. */
export function ProbeToken(props: { chains: readonly string[]; onAsked: (id: string) => void }) {
  const words = useTexts(assetTexts);
  const [chosen, setChain] = useState<string | null>(null);
  const [address, setAddress] = useState('');
  const chain = chosen ?? props.chains[0] ?? '';
  const addressProblem = useAddressProblem(address);
  return (
    <CommandButton
      label={words.probe}
      variant="primary"
      onOpen={() => setAddress('')}
      command={{
        title: words.probe,
        consequence: words.probeWhat,
        confirmLabel: words.look,
        reason: 'none',
        fields: (
          <>
            <Select
              label={words.chain}
              value={chain}
              choices={props.chains.map((value) => ({ value, label: value }))}
              onChange={setChain}
            />
            <AddressField label={words.address} value={address} onChange={setAddress} isRequired />
          </>
        ),
        fieldProblem: addressProblem,
        run: async ({ idempotencyKey }) => {
          const asked = await naru.admin.assets.probe({ chain, address: address.trim() }, { idempotencyKey });
          props.onAsked(asked.id);
        },
        doneText: words.probeDone,
      }}
    />
  );
}

export function ProbeResult({ id, onClose }: { id: string; onClose: () => void }) {
  const words = useTexts(assetTexts);
  const query = useQuery({
    queryKey: ['assets', 'probe', id],
    queryFn: ({ signal }) => naru.admin.assets.getProbe(id, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'REQUESTED' ? ASKING_REFRESH_MS : false),
  });
  return (
    <Card
      title={words.result}
      actions={
        <Button variant="ghost" onPress={onClose}>
          {words.dismiss}
        </Button>
      }
    >
      <QueryView query={query}>{(probe) => <Found probe={probe} onAdded={onClose} />}</QueryView>
    </Card>
  );
}

function Found({ probe, onAdded }: { probe: TokenProbeBody; onAdded: () => void }) {
  const words = useTexts(assetTexts);
  if (probe.state === 'REQUESTED') return <Banner tone="info" title={words.asking} />;
  if (probe.state === 'FAILED')
    return (
      <Banner tone="bad" title={words.failed}>
        {probe.error}
      </Banner>
    );
  const { payment, refusals, warnings } = probe;
  return (
    <div className="flex flex-col gap-4">
      <KeyValues
        rows={[
          [words.symbol, probe.symbol ?? '—'],
          [words.address, <ShortId key="address" text={probe.address} />],
          [words.decimals, probe.decimals ?? '—'],
          ...(payment === null
            ? []
            : [
                [
                  words.tried,
                  words.triedText(
                    formatAmount(payment.asked),
                    formatAmount(payment.received),
                    formatCount(payment.gasUsed),
                  ),
                ] as const,
              ]),
        ]}
      />
      {refusals.length > 0 ? <Told tone="bad" title={words.refusals} texts={refusals} /> : null}
      {warnings.length > 0 ? <Told tone="warn" title={words.warnings} texts={warnings} /> : null}
      {refusals.length === 0 && warnings.length === 0 ? <Banner tone="good" title={words.fine} /> : null}
      {refusals.length === 0 ? <AddToken probe={probe} onAdded={onAdded} /> : null}
    </div>
  );
}

function Told({ tone, title, texts }: { tone: 'bad' | 'warn'; title: string; texts: readonly string[] }) {
  return (
    <Banner tone={tone} title={title}>
      <ul className="list-disc ps-5">
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Banner>
  );
}

function AddToken({ probe, onAdded }: { probe: TokenProbeBody; onAdded: () => void }) {
  const words = useTexts(assetTexts);
  const client = useQueryClient();
  const [code, setCode] = useState('');
  const [isAccepted, setAccepted] = useState(false);
  const needsAccept = probe.warnings.length > 0;
  return (
    <CommandButton
      label={words.add}
      variant="primary"
      command={{
        title: words.add,
        consequence: words.addWhat,
        confirmLabel: words.add,
        reason: 'required',
        fields: (
          <>
            <TextField
              label={words.code}
              value={code}
              onChange={setCode}
              placeholder={probe.symbol ?? ''}
              isMono
            />
            {needsAccept ? (
              <Checkbox isSelected={isAccepted} onChange={setAccepted}>
                {words.accept}
              </Checkbox>
            ) : null}
          </>
        ),
        fieldProblem: needsAccept && !isAccepted ? words.acceptNeeded : null,
        run: ({ reason, idempotencyKey }) =>
          naru.admin.assets.add(
            {
              probeId: probe.id,
              ...(code === '' ? {} : { code: code.trim() }),
              acceptWarnings: isAccepted,
              reason,
            },
            { idempotencyKey },
          ),
        doneText: words.added,
        onDone: () => {
          void client.invalidateQueries({ queryKey: ['assets'] });
          onAdded();
        },
      }}
    />
  );
}
