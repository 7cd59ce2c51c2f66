import { EmptyState } from '@naru/ui/empty-state.tsx';
import { Meter } from '@naru/ui/meter.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { AccountThresholdBody, SubAccountBody } from '@naru/wire/sub-account.ts';
import { useQuery } from '@tanstack/react-query';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount, formatCount, shareOfAmount } from '../../format/number.ts';
import { formatClock } from '../../format/time.ts';
import { useFindingText } from '../../i18n/finding-texts.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { LedgerLink } from '../ledger/ledger-link.tsx';
import { accountTexts } from './account.texts.ts';
import { accountTones, levelOf, levelTones, thresholdOf } from './account-status.ts';
import { AccountVerbs } from './account-verbs.tsx';

const REFRESH_MS = 5_000;

export function AccountCards() {
  const words = useTexts(accountTexts);
  const me = useMe();
  const accounts = useQuery({
    queryKey: ['accounts'],
    queryFn: ({ signal }) => naru.admin.subAccounts.list({}, { signal }),
    refetchInterval: REFRESH_MS,
  });
  const thresholds = useQuery({
    queryKey: ['accounts', 'thresholds'],
    queryFn: ({ signal }) => naru.admin.subAccounts.thresholds.list({}, { signal }),
  });
  return (
    <QueryView query={accounts}>
      {(list) =>
        list.length === 0 ? (
          <EmptyState title={words.emptyTitle}>{words.emptyHint}</EmptyState>
        ) : (
          <ul className="grid grid-cols-1 gap-4 lg:grid-cols-2 2xl:grid-cols-3" aria-label={words.accounts}>
            {list.map((account) => (
              <li key={`${account.chain} ${account.address}`}>
                <AccountCard
                  account={account}
                  thresholds={thresholds.data ?? []}
                  canChange={me.can('operations:write')}
                />
              </li>
            ))}
          </ul>
        )
      }
    </QueryView>
  );
}

function AccountCard(props: {
  account: SubAccountBody;
  thresholds: readonly AccountThresholdBody[];
  canChange: boolean;
}) {
  const { account, thresholds } = props;
  const words = useTexts(accountTexts);
  const say = useFindingText();
  const gas = thresholds.find(
    (one) => one.purpose === 'GAS' && thresholdOf(account, one.asset, 'GAS', thresholds) === one,
  );
  const readAt = account.balances[0]?.readAt;
  return (
    <article
      aria-label={account.address}
      className="flex h-full flex-col gap-3 rounded-lg border border-border bg-surface p-4"
    >
      <header className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <h2 className="min-w-0 text-sm font-semibold">
          <ShortId text={account.address} />
        </h2>
        <span className="text-sm">
          {words[account.role]} · {account.chain}
        </span>
        <StatusChip tone={accountTones[account.state]}>{words[account.state]}</StatusChip>
        {account.draining ? <StatusChip tone="warn">{words.draining}</StatusChip> : null}
        {props.canChange ? (
          <span className="ms-auto">
            <AccountVerbs account={account} />
          </span>
        ) : null}
      </header>
      {account.reason === null ? null : (
        <p className="rounded bg-warn-soft px-2 py-1 text-sm text-warn-text">
          {words.why}: {say(account.reason)}
        </p>
      )}
      <dl className="grid grid-cols-2 gap-2 text-sm">
        <div>
          <dt className="text-xs text-muted">{words.nextNonce}</dt>
          <dd className="tabular">{formatAmount(account.nextNonce)}</dd>
        </div>
        <div>
          <dt className="text-xs text-muted">{words.inFlight}</dt>
          <dd className="tabular">{words.inFlightCount(formatCount(account.inFlight))}</dd>
        </div>
      </dl>
      <ul className="flex flex-col gap-2.5" aria-label={words.balances}>
        {account.balances.map((balance) => (
          <li key={balance.asset}>
            <Holding
              label={balance.asset}
              amount={balance.amount}
              asset={balance.asset}
              threshold={thresholdOf(account, balance.asset, 'BALANCE', thresholds)}
            />
          </li>
        ))}
        {gas === undefined ? null : (
          <li>
            <Holding
              label={words.gasMoney}
              amount={account.balances.find((one) => one.asset === gas.asset)?.amount ?? '0'}
              asset={gas.asset}
              threshold={gas}
            />
          </li>
        )}
      </ul>
      <p className="tabular mt-auto flex flex-wrap justify-between gap-x-3 gap-y-1 text-xs text-muted">
        <span>{readAt === undefined ? '' : words.readAt(formatClock(readAt))}</span>
        <span className="flex flex-wrap gap-x-2">
          {words.ledger}
          {account.balances.map(({ asset }) => (
            <LedgerLink key={asset} kind="HOT_WALLET" chain={account.chain} asset={asset}>
              {asset}
            </LedgerLink>
          ))}
        </span>
      </p>
    </article>
  );
}

/** What is held of one asset, against what should be. */
function Holding(props: {
  label: string;
  amount: string;
  asset: string;
  threshold: AccountThresholdBody | null;
}) {
  const { label, amount, asset, threshold } = props;
  const words = useTexts(accountTexts);
  const level = threshold === null ? null : levelOf(amount, threshold);
  return (
    <div className="flex flex-col gap-1">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3">
        <span className="text-sm text-muted">{label}</span>
        <span className="text-sm">
          <Amount amount={amount} asset={asset} />
        </span>
      </div>
      {threshold === null || level === null ? (
        <p className="text-xs text-muted">{words.noThreshold}</p>
      ) : (
        <>
          <Meter
            label={`${label} ${words.balances}`}
            share={shareOfAmount(amount, threshold.target)}
            text={`${formatAmount(amount)} ${asset}, ${words[level]}`}
            tone={levelTones[level]}
          />
          <p className="tabular flex flex-wrap justify-between gap-x-3 text-xs text-muted">
            <span>{words[level]}</span>
            <span>{words.ofTarget(formatAmount(threshold.low), formatAmount(threshold.target))}</span>
          </p>
        </>
      )}
    </div>
  );
}
