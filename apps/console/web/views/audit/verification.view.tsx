import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import type { AuditStateBody } from '@naru/wire/audit.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { useInvariants } from '../../i18n/invariants.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { Page } from '../../primitives/page.tsx';
import { QueryView } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { auditTexts } from './audit.texts.ts';
import { VerificationItem } from './verification-item.tsx';

const REFRESH_MS = 10_000;
const REFRESH_BUSY_MS = 1_000;

function isUnderWay({ verifications }: AuditStateBody): boolean {
  return verifications.some((one) => one.state === 'REQUESTED' || one.state === 'RUNNING');
}

/** Whether history is as it was sealed. */
export function VerificationView() {
  const words = useTexts(auditTexts);
  const query = useQuery({
    queryKey: ['audit', 'verification'],
    queryFn: ({ signal }) => naru.audit.state({ signal }),
    refetchInterval: ({ state }) =>
      state.data !== undefined && isUnderWay(state.data) ? REFRESH_BUSY_MS : REFRESH_MS,
  });
  return (
    <Page
      title={words.verificationTitle}
      lead={words.verificationLead}
      actions={
        <>
          <Link to="/audit" className="text-sm text-link underline">
            {words.toLog}
          </Link>
          {query.data === undefined ? null : <VerifyButton isBusy={isUnderWay(query.data)} />}
        </>
      }
    >
      <QueryView query={query}>{(state) => <State state={state} />}</QueryView>
    </Page>
  );
}

function State({ state }: { state: AuditStateBody }) {
  const words = useTexts(auditTexts);
  const latest = state.verifications.find((one) => one.ok !== null);
  const isBroken = latest?.ok === false || state.checks.some((check) => check.openAlarms > 0);
  const isKnown = latest?.ok === true || state.checks.some((check) => check.lastOkAt !== null);
  return (
    <>
      {isBroken ? (
        <Banner tone="bad" title={words.broken}>
          {words.brokenText}
        </Banner>
      ) : (
        <Banner tone={isKnown ? 'good' : 'idle'} title={isKnown ? words.intact : words.unknown} />
      )}
      <div className="grid grid-cols-1 items-start gap-4 xl:grid-cols-2">
        <Now state={state} />
        <Card title={words.verifications} isFlush={state.verifications.length > 0}>
          {state.verifications.length === 0 ? (
            <EmptyState title={words.verificationsEmpty}>{words.verificationsEmptyHint}</EmptyState>
          ) : (
            <ol className="flex flex-col divide-y divide-separator">
              {state.verifications.map((one) => (
                <VerificationItem key={one.id} verification={one} />
              ))}
            </ol>
          )}
        </Card>
      </div>
    </>
  );
}

function Now({ state }: { state: AuditStateBody }) {
  const words = useTexts(auditTexts);
  const locale = useLocale();
  const describe = useInvariants();
  const { lastSeal } = state;
  const streamName = (stream: string) =>
    stream === 'audit_event' || stream === 'withdrawal_event' ? words[stream] : stream;
  return (
    <Card title={words.state}>
      <KeyValues
        rows={[
          [
            words.lastSeal,
            lastSeal === null ? (
              words.noSeal
            ) : (
              <span key="seal">
                #{formatCount(BigInt(lastSeal.number))} · <Time at={lastSeal.sealedAt} />
              </span>
            ),
          ],
          ...(lastSeal === null
            ? []
            : [[words.sealHash, <ShortId key="hash" text={lastSeal.hash} />] as const]),
          ...state.unsealed.map(
            ({ stream, oldestSeconds }) =>
              [
                `${words.unsealed}: ${streamName(stream)}`,
                oldestSeconds === null
                  ? words.allSealed
                  : words.waits(formatDuration(oldestSeconds * 1_000, locale)),
              ] as const,
          ),
          ...state.checks.map(
            (check) =>
              [
                `${words.checks}: ${describe(check.invariant).name}`,
                <span key={check.invariant}>
                  {words.lastOk} {check.lastOkAt === null ? words.never : <Time at={check.lastOkAt} />}
                </span>,
              ] as const,
          ),
        ]}
      />
    </Card>
  );
}

function VerifyButton({ isBusy }: { isBusy: boolean }) {
  const words = useTexts(auditTexts);
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      {isBusy ? <span className="text-xs text-muted">{words.verifyRunning}</span> : null}
      <Button variant="primary" onPress={() => setOpen(true)} isDisabled={isBusy}>
        {words.verify}
      </Button>
      <CommandDialog
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        title={words.verifyTitle}
        consequence={words.verifyWhat}
        confirmLabel={words.verify}
        reason="required"
        run={({ reason, idempotencyKey }) => naru.audit.verify({ reason }, { idempotencyKey })}
        doneText={words.verifyStarted}
        onDone={() => void client.invalidateQueries({ queryKey: ['audit', 'verification'] })}
      />
    </>
  );
}
