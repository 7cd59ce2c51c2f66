import { Card } from '@naru/ui/card.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Timeline, type TimelineEntry } from '@naru/ui/timeline.tsx';
import type { AdminDepositBody } from '@naru/wire/deposit.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { CommandButton } from '../../primitives/command-button.tsx';
import { type Anomaly, DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { depositTexts, depositTones } from './deposit.texts.ts';

type Words = (typeof depositTexts)['ko'];

export function DepositDetailView() {
  const { id } = useParams({ from: '/shell/deposits/$id' });
  const words = useTexts(depositTexts);
  const query = useQuery({
    queryKey: ['deposits', 'one', id],
    queryFn: ({ signal }) => naru.admin.deposits.get(id, { signal }),
  });
  return (
    <QueryPage query={query}>
      {(deposit) => (
        <DetailPage
          title={words.deposit}
          lead={<Amount amount={deposit.amount} asset={deposit.asset ?? words.unknownToken} />}
          actions={deposit.state === 'UNCREDITED' ? <Credit deposit={deposit} /> : null}
          anomaly={anomalyOf(deposit, words)}
          aside={<Facts deposit={deposit} />}
        >
          <Card title={words.progress}>
            <Timeline label={words.progress} entries={stepsOf(deposit, words)} />
          </Card>
        </DetailPage>
      )}
    </QueryPage>
  );
}

function anomalyOf(deposit: AdminDepositBody, words: Words): Anomaly | null {
  if (deposit.state === 'ORPHANED') return { tone: 'info', title: words.orphaned, text: words.orphanedText };
  if (deposit.state !== 'UNCREDITED') return null;
  return {
    tone: 'warn',
    title: words.anomaly,
    text: (
      <>
        {deposit.uncreditedReason === null ? null : <p>{words[deposit.uncreditedReason]}</p>}
        <p>{words.anomalyText}</p>
      </>
    ),
  };
}

function Credit({ deposit }: { deposit: AdminDepositBody }) {
  const words = useTexts(depositTexts);
  const me = useMe();
  const client = useQueryClient();
  if (!me.can('operations:write')) return <p className="text-xs text-muted">{words.readOnly}</p>;
  return (
    <CommandButton
      label={words.credit}
      variant="primary"
      disabledBecause={deposit.asset === null ? words.cannotCredit : null}
      command={{
        title: words.creditTitle,
        consequence: (
          <>
            <p className="text-base font-semibold">
              <Amount amount={deposit.amount} asset={deposit.asset ?? words.unknownToken} />
            </p>
            <p className="mt-2">{words.creditWhat}</p>
          </>
        ),
        confirmLabel: words.credit,
        reason: 'required',
        run: ({ reason }) => naru.admin.deposits.credit(deposit.id, { reason }),
        doneText: words.creditDone,
        onDone: () => void client.invalidateQueries({ queryKey: ['deposits'] }),
      }}
    />
  );
}

function Facts({ deposit }: { deposit: AdminDepositBody }) {
  const words = useTexts(depositTexts);
  return (
    <Card title={words.facts}>
      <KeyValues
        rows={[
          [
            words.state,
            <StatusChip key="state" tone={depositTones[deposit.state]}>
              {words[deposit.state]}
            </StatusChip>,
          ],
          [
            words.amount,
            <Amount key="amount" amount={deposit.amount} asset={deposit.asset ?? words.unknownToken} />,
          ],
          [words.chain, deposit.chain],
          ...(deposit.token === null
            ? []
            : [[words.token, <ShortId key="token" text={deposit.token} />] as const]),
          [
            words.address,
            <Link key="address" to="/deposits" search={{ addressId: deposit.addressId }}>
              <ShortId text={deposit.address} />
            </Link>,
          ],
          [words.from, <ShortId key="from" text={deposit.from} />],
          [words.hash, <ShortId key="hash" text={deposit.transactionHash} />],
          [words.block, formatCount(deposit.blockNumber)],
          [
            words.depth,
            words.depthText(
              deposit.depth === null ? words.notYet : formatCount(deposit.depth),
              formatCount(deposit.requiredDepth),
            ),
          ],
          [words.organisation, <ShortId key="organisation" text={deposit.organisationId} />],
          ['ID', <ShortId key="id" text={deposit.id} />],
        ]}
      />
    </Card>
  );
}

function stepsOf(deposit: AdminDepositBody, words: Words): TimelineEntry[] {
  const detected: TimelineEntry = {
    key: 'detected',
    tone: 'good',
    title: words.stepDetected,
    time: <Time at={deposit.detectedAt} />,
  };
  switch (deposit.state) {
    case 'DETECTED':
      return [
        detected,
        {
          key: 'final',
          tone: 'info',
          title: words.stepFinal(formatCount(deposit.requiredDepth)),
          time: words.notYet,
        },
      ];
    case 'CREDITED':
      return [
        detected,
        {
          key: 'credited',
          tone: 'good',
          title: words.stepCredited,
          time: deposit.creditedAt === null ? '' : <Time at={deposit.creditedAt} />,
        },
      ];
    case 'UNCREDITED':
      return [
        detected,
        {
          key: 'uncredited',
          tone: 'warn',
          title: words.stepUncredited,
          time: '',
          detail: deposit.uncreditedReason === null ? '' : words[deposit.uncreditedReason],
        },
      ];
    case 'ORPHANED':
      return [detected, { key: 'orphaned', tone: 'idle', title: words.stepOrphaned, time: '' }];
  }
}
