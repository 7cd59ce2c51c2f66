import { Card } from '@naru/ui/card.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Progress } from '@naru/ui/meter.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { TreasuryProposalBody } from '@naru/wire/treasury.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { useFindingText } from '../../i18n/finding-texts.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { Amount } from '../../primitives/amount.tsx';
import { CommandButton } from '../../primitives/command-button.tsx';
import { DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { PasteSignature, SignProposal } from './sign-proposal.tsx';
import { proposalTones, treasuryTexts } from './treasury.texts.ts';

const OPEN_REFRESH_MS = 4_000;

export function ProposalDetailView() {
  const { id } = useParams({ from: '/shell/treasury/$id' });
  const words = useTexts(treasuryTexts);
  const say = useFindingText();
  const me = useMe();
  const query = useQuery({
    queryKey: ['treasury', 'proposal', id],
    queryFn: ({ signal }) => naru.admin.treasury.proposals.get(id, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'OPEN' ? OPEN_REFRESH_MS : false),
  });
  return (
    <QueryPage query={query}>
      {(proposal) => (
        <DetailPage
          title={words[proposal.purpose]}
          lead={proposal.reason}
          actions={
            proposal.state !== 'OPEN' ? null : me.can('operations:write') ? (
              <Verbs proposal={proposal} />
            ) : (
              <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>
            )
          }
          anomaly={
            proposal.problem === null
              ? null
              : { tone: 'bad', title: words.problem, text: say(proposal.problem) }
          }
          aside={<Facts proposal={proposal} />}
        >
          <Signatures proposal={proposal} />
          <Card title={words.typedData}>
            <JsonView label={words.typedData} value={pretty(proposal.typedData)} />
          </Card>
        </DetailPage>
      )}
    </QueryPage>
  );
}

function useSafe({ chain, safe }: TreasuryProposalBody) {
  const query = useQuery({
    queryKey: ['treasury', 'safes'],
    queryFn: ({ signal }) => naru.admin.treasury.list({}, { signal }),
  });
  return query.data?.find((one) => one.chain === chain && one.safe === safe);
}

function Verbs({ proposal }: { proposal: TreasuryProposalBody }) {
  const words = useTexts(treasuryTexts);
  const client = useQueryClient();
  const onDone = () => void client.invalidateQueries({ queryKey: ['treasury'] });
  return (
    <>
      {proposal.purpose === 'REJECTION' ? null : (
        <CommandButton
          label={words.reject}
          command={{
            title: words.rejectTitle,
            consequence: words.rejectWhat,
            confirmLabel: words.reject,
            tone: 'danger',
            reason: 'required',
            run: ({ reason, idempotencyKey }) =>
              naru.admin.treasury.proposals.reject(proposal.id, { reason }, { idempotencyKey }),
            doneText: words.rejected,
            onDone,
          }}
        />
      )}
      <CommandButton
        label={words.cancel}
        disabledBecause={proposal.signatures.length > 0 ? words.cannotCancel : null}
        command={{
          title: words.cancelTitle,
          consequence: words.cancelWhat,
          confirmLabel: words.cancel,
          tone: 'danger',
          reason: 'required',
          run: ({ reason }) => naru.admin.treasury.proposals.cancel(proposal.id, { reason }),
          doneText: words.canceled,
          onDone,
        }}
      />
    </>
  );
}

function Signatures({ proposal }: { proposal: TreasuryProposalBody }) {
  const words = useTexts(treasuryTexts);
  const me = useMe();
  const safe = useSafe(proposal);
  const count = proposal.signatures.length;
  const needed = safe?.threshold ?? count + proposal.waitsFor.signatures;
  const text = words.signed(formatCount(count), formatCount(needed));
  const missing = (safe?.owners ?? []).filter(
    (owner) => !proposal.signatures.some((one) => one.owner === owner),
  );
  return (
    <Card title={words.signatures}>
      <div className="flex flex-col gap-4">
        <div className="flex flex-col gap-1">
          <p className="tabular text-sm font-medium">{text}</p>
          <Progress done={count} total={needed} label={words.signatures} text={text} />
        </div>
        <ul className="flex flex-col gap-2 text-sm">
          {proposal.signatures.map((one) => (
            <li key={one.owner} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <StatusChip tone="good">{words.isSigned}</StatusChip>
              <ShortId text={one.owner} />
              <span className="text-xs text-muted">
                <Time at={one.addedAt} /> · {words.by} <Actor id={one.addedBy} />
              </span>
            </li>
          ))}
          {missing.map((owner) => (
            <li key={owner} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <StatusChip tone="idle">{words.notSigned}</StatusChip>
              <ShortId text={owner} />
            </li>
          ))}
        </ul>
        {proposal.state === 'OPEN' && me.can('operations:write') ? (
          <div className="flex flex-wrap items-start gap-2">
            <SignProposal proposal={proposal} owners={safe?.owners ?? []} />
            <PasteSignature proposal={proposal} />
          </div>
        ) : null}
      </div>
    </Card>
  );
}

function Facts({ proposal }: { proposal: TreasuryProposalBody }) {
  const words = useTexts(treasuryTexts);
  const { signatures, earlierTransactions } = proposal.waitsFor;
  const waits = [
    ...(signatures > 0 ? [words.waitsSignatures(formatCount(signatures))] : []),
    ...(earlierTransactions === '0' ? [] : [words.waitsEarlier(formatAmount(earlierTransactions))]),
  ];
  return (
    <Card title={words.facts}>
      <KeyValues
        rows={[
          [
            words.state,
            <StatusChip key="state" tone={proposalTones[proposal.state]}>
              {words[proposal.state]}
            </StatusChip>,
          ],
          ...(proposal.state === 'OPEN'
            ? [[words.waits, waits.length === 0 ? words.waitsNothing : waits.join(', ')] as const]
            : []),
          ...(proposal.amount === null
            ? []
            : [
                [
                  words.amount,
                  <Amount key="amount" amount={proposal.amount} asset={proposal.asset ?? ''} />,
                ] as const,
              ]),
          [words.to, <ShortId key="to" text={proposal.to} />],
          [words.safe, <ShortId key="safe" text={proposal.safe} />],
          [words.chain, proposal.chain],
          [words.itsNonce, formatAmount(proposal.nonce)],
          [words.hash, <ShortId key="hash" text={proposal.hash} />],
          ...(proposal.transactionHash === null
            ? []
            : [[words.transaction, <ShortId key="tx" text={proposal.transactionHash} />] as const]),
          [words.proposedBy, <Actor key="by" id={proposal.proposedBy} />],
          [words.created, <Time key="at" at={proposal.createdAt} />],
          ...(proposal.endedAt === null
            ? []
            : [[words.ended, <Time key="ended" at={proposal.endedAt} />] as const]),
        ]}
      />
      <Link to="/treasury" className="mt-3 inline-block text-sm text-link underline">
        {words.proposals}
      </Link>
    </Card>
  );
}

function pretty(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 2);
}
