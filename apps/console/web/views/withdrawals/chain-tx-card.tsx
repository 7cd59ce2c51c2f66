import { Card } from '@naru/ui/card.tsx';
import { shorten } from '@naru/ui/copy-text.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { ChainTxBody } from '@naru/wire/withdrawal-detail.ts';
import { Link } from '@tanstack/react-router';
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { formatCount } from '../../format/number.ts';
import { type Locale, useLocale, useTexts } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { chainTxStateTexts, chainTxTones } from './chain-tx-states.ts';
import { detailTexts } from './detail.texts.ts';

/** One nonce with every attempt ever signed for it. */
export function ChainTxCard({ chainTx, isLinked = false }: { chainTx: ChainTxBody; isLinked?: boolean }) {
  const words = useTexts(detailTexts);
  const locale = useLocale();
  return (
    <Card
      title={`${words.txTitle} · ${words.nonce} ${chainTx.nonce}`}
      actions={
        <>
          <ChainTxState state={chainTx.state} />
          {isLinked ? (
            <Link to="/chain-txs/$id" params={{ id: chainTx.id }} className="text-sm text-link underline">
              {chainTx.itemCount > 1 ? words.batch(formatCount(chainTx.itemCount)) : words.alone}
            </Link>
          ) : null}
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <KeyValues rows={rowsOf(chainTx, words, locale)} />
        <Attempts chainTx={chainTx} />
      </div>
    </Card>
  );
}

export function ChainTxState({ state }: { state: string }) {
  const names = useTexts(chainTxStateTexts);
  const tones: Readonly<Record<string, Tone>> = chainTxTones;
  const known: Readonly<Record<string, string>> = names;
  return <StatusChip tone={tones[state] ?? 'idle'}>{known[state] ?? state}</StatusChip>;
}

function rowsOf(chainTx: ChainTxBody, words: (typeof detailTexts)['ko'], locale: Locale) {
  const rows: (readonly [string, ReactNode] | null)[] = [
    [
      words.subAccount,
      <span key="account" className="flex flex-wrap items-center gap-2">
        <ShortId text={chainTx.subAccount} isWhole />
        {chainTx.subAccountState === 'ACTIVE' ? null : (
          <StatusChip tone="warn">{`${words.paused}: ${sayMachineText(chainTx.pauseReason ?? chainTx.subAccountState, locale)}`}</StatusChip>
        )}
      </span>,
    ],
    chainTx.blockNumber === null ? null : [words.block, formatCount(chainTx.blockNumber)],
    [
      words.gas,
      chainTx.gasUsed === null
        ? formatCount(BigInt(chainTx.gasLimit))
        : `${formatCount(BigInt(chainTx.gasUsed))} / ${formatCount(BigInt(chainTx.gasLimit))}`,
    ],
    chainTx.gasPriceWei === null ? null : [words.gasPrice, `${formatCount(BigInt(chainTx.gasPriceWei))} wei`],
    chainTx.wanted === null ? null : [words.wanted, words[chainTx.wanted]],
    chainTx.failureCount === 0 ? null : [words.failures, formatCount(chainTx.failureCount)],
    chainTx.lastError === null
      ? null
      : [
          words.lastError,
          <span key="error" className="text-bad-text" title={chainTx.lastError}>
            {sayMachineText(chainTx.lastError, locale)}
          </span>,
        ],
  ];
  return rows.filter((row) => row !== null);
}

function Attempts({ chainTx }: { chainTx: ChainTxBody }) {
  const words = useTexts(detailTexts);
  const locale = useLocale();
  if (chainTx.attempts.length === 0) return null;
  return (
    <ol
      aria-label={words.attempts}
      className="flex flex-col divide-y divide-separator border-t border-separator"
    >
      {[...chainTx.attempts].reverse().map((attempt) => (
        <li key={attempt.number} className="flex flex-col gap-1 py-2.5 text-sm last:pb-0">
          <span className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
            <span className="flex flex-wrap items-center gap-2">
              <span className="font-medium">
                {attempt.number}. {attempt.purpose === 'PAY' ? words.pay : words.free}
              </span>
              <ShortId text={attempt.hash} />
              {chainTx.minedAttempt === attempt.number ? (
                <StatusChip tone="good">{words.minedHere}</StatusChip>
              ) : null}
            </span>
            <span className="text-xs text-muted">
              <Time at={attempt.createdAt} />
            </span>
          </span>
          <span className="tabular flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-muted">
            <span>
              {words.feeMax} {formatCount(BigInt(attempt.feePerGasWeiMax))} wei
            </span>
            <span>
              {words.tip} {formatCount(BigInt(attempt.tipPerGasWei))} wei
            </span>
            <span>{words.sent(formatCount(attempt.sendCount))}</span>
            {attempt.lastOutcome === null ? null : (
              <span>
                {words.answer}: {sayMachineText(attempt.lastOutcome, locale)}
              </span>
            )}
          </span>
          {attempt.explorerUrl === null ? null : (
            <a
              href={attempt.explorerUrl}
              target="_blank"
              rel="noreferrer"
              className="inline-flex w-fit items-center gap-1 text-link underline"
              aria-label={`${words.explorer}: ${shorten(attempt.hash)}`}
            >
              {words.explorer}
              <ExternalLink className="size-3.5" aria-hidden />
            </a>
          )}
        </li>
      ))}
    </ol>
  );
}
