import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { ExchangeRatePairBody } from '@naru/wire/exchange-rate.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount, isAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandButton } from '../../primitives/command-button.tsx';
import { rateTexts } from './rate.texts.ts';

export function SetRate({ pair }: { pair: ExchangeRatePairBody }) {
  const words = useTexts(rateTexts);
  const client = useQueryClient();
  const [rate, setRate] = useState('');
  return (
    <CommandButton
      label={words.set}
      name={`${words.set}: ${pair.base}/${pair.quote}`}
      variant="ghost"
      onOpen={() => setRate('')}
      command={{
        title: `${words.set}: ${pair.base}/${pair.quote}`,
        consequence: words.setWhat,
        confirmLabel: words.set,
        reason: 'none',
        fields: (
          <TextField
            label={words.newRate(pair.quote)}
            inputMode="decimal"
            value={rate}
            onChange={setRate}
            hint={pair.rate === null ? null : words.was(formatAmount(pair.rate))}
            error={rate === '' || isAmount(rate) ? null : words.badRate}
            isRequired
            isMono
          />
        ),
        fieldProblem: isAmount(rate) ? null : words.badRate,
        run: ({ idempotencyKey }) =>
          naru.admin.exchangeRates.set({ base: pair.base, quote: pair.quote, rate }, { idempotencyKey }),
        doneText: words.setDone,
        onDone: () => void client.invalidateQueries({ queryKey: ['rates'] }),
      }}
    />
  );
}

const sources = ['OPERATOR', 'CHAINLINK', 'KOREAEXIM'] as const;

export function AddPair() {
  const words = useTexts(rateTexts);
  const client = useQueryClient();
  const [base, setBase] = useState('');
  const [quote, setQuote] = useState<'USD' | 'KRW'>('KRW');
  const [source, setSource] = useState<(typeof sources)[number]>('OPERATOR');
  const [feed, setFeed] = useState({ chain: '', address: '', inverse: false });
  const isBase = /^([A-Z0-9]{2,12}|[a-z][a-z0-9-]{1,40}:[A-Z0-9]{2,12})$/.test(base);
  const isFeed = source !== 'CHAINLINK' || /^0x[0-9a-fA-F]{40}$/.test(feed.address);
  return (
    <CommandButton
      label={words.addPair}
      variant="primary"
      onOpen={() => setBase('')}
      command={{
        title: words.addPair,
        consequence: words.addPairWhat,
        confirmLabel: words.addPair,
        reason: 'none',
        fields: (
          <>
            <TextField
              label={words.base}
              value={base}
              onChange={setBase}
              error={base === '' || isBase ? null : words.badBase}
              isRequired
              isMono
            />
            <Select
              label={words.quote}
              value={quote}
              choices={[
                { value: 'KRW', label: 'KRW' },
                { value: 'USD', label: 'USD' },
              ]}
              onChange={setQuote}
            />
            <Select
              label={words.source}
              value={source}
              choices={sources.map((value) => ({ value, label: words[value] }))}
              onChange={setSource}
            />
            {source === 'CHAINLINK' ? (
              <>
                <TextField
                  label={words.feedChain}
                  value={feed.chain}
                  onChange={(chain) => setFeed({ ...feed, chain })}
                  isRequired
                />
                <TextField
                  label={words.feedAddress}
                  value={feed.address}
                  onChange={(address) => setFeed({ ...feed, address })}
                  error={feed.address === '' || isFeed ? null : words.badFeed}
                  isRequired
                  isMono
                />
                <Checkbox isSelected={feed.inverse} onChange={(inverse) => setFeed({ ...feed, inverse })}>
                  {words.inverse}
                </Checkbox>
              </>
            ) : null}
          </>
        ),
        fieldProblem: !isBase ? words.badBase : isFeed ? null : words.badFeed,
        run: ({ idempotencyKey }) =>
          naru.admin.exchangeRates.setPair(
            { base, quote, source, ...(source === 'CHAINLINK' ? { feed } : {}) },
            { idempotencyKey },
          ),
        doneText: words.pairDone,
        onDone: () => void client.invalidateQueries({ queryKey: ['rates'] }),
      }}
    />
  );
}
