import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import type { OperatedWithdrawalBody } from '@naru/wire/operated-withdrawal.ts';
import type { Scope } from '@naru/wire/role.ts';
import type { WithdrawalStateName } from '@naru/wire/withdrawal.ts';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { isFinal } from '../../i18n/withdrawal-states.ts';
import { BulkCommand } from '../../primitives/bulk-command.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Sums } from '../../primitives/sums.tsx';
import { verbTexts } from './verb.texts.ts';

const verbs = ['retry', 'bump', 'release', 'cancel'] as const;
type Verb = (typeof verbs)[number];
type Row = OperatedWithdrawalBody;

const UNSIGNED: readonly WithdrawalStateName[] = ['PENDING', 'VALIDATING', 'REVIEW'];
const SENT: readonly WithdrawalStateName[] = ['SIGNED', 'BROADCASTING', 'BROADCASTED'];

const scopeOf: Readonly<Record<Verb, Scope>> = {
  retry: 'operations:write',
  bump: 'operations:write',
  release: 'operations:write',
  cancel: 'withdrawals:write',
};

/** As far as a list can tell; the API judges each again, under its locks. */
function mayFit(verb: Verb, row: Row, organisationId: string): boolean {
  switch (verb) {
    case 'cancel':
      return UNSIGNED.includes(row.state) && row.organisation.id === organisationId;
    case 'release':
      return !isFinal(row.state) && row.state !== 'CONFIRMING';
    case 'bump':
      return SENT.includes(row.state);
    case 'retry':
      return row.state === 'FAILED' || !(isFinal(row.state) || row.state === 'REVIEW');
  }
}

/** Verbs for several withdrawals; what comes of each is listed at the end. */
export function BulkVerbs(props: {
  rows: readonly Row[];
  onDone: () => void;
  /** The report was read. */
  onClose: () => void;
}) {
  const words = useTexts(verbTexts);
  const me = useMe();
  // Of the moment when the verb was chosen: the list may be another one by the time it is confirmed.
  const [command, setCommand] = useState<{ verb: Verb; rows: readonly Row[] } | null>(null);
  const [isDone, setDone] = useState(false);
  return (
    <>
      <Sums rows={props.rows} />
      {verbs
        .filter((verb) => me.can(scopeOf[verb]))
        .map((verb) => (
          <Button
            key={verb}
            variant={verb === 'cancel' || verb === 'release' ? 'danger-soft' : 'outline'}
            onPress={() => setCommand({ verb, rows: props.rows })}
          >
            {words[verb]}
          </Button>
        ))}
      {command === null ? null : (
        <Command
          {...command}
          onDone={() => {
            setDone(true);
            props.onDone();
          }}
          onClose={() => {
            setCommand(null);
            if (isDone) props.onClose();
          }}
        />
      )}
    </>
  );
}

function Command(props: { verb: Verb; rows: readonly Row[]; onDone: () => void; onClose: () => void }) {
  const { verb, rows } = props;
  const words = useTexts(verbTexts);
  const me = useMe();
  const unfit = rows.filter((row) => !mayFit(verb, row, me.organisationId)).length;
  const failed = rows.filter((row) => row.state === 'FAILED').length;
  const what: Record<Verb, ReactNode> = {
    cancel: words.bulkCancel,
    release: words.bulkRelease,
    bump: words.bulkBump,
    retry: words.bulkRetry(formatCount(failed), formatCount(rows.length - failed - unfit)),
  };
  return (
    <BulkCommand
      ids={rows.map((row) => row.id)}
      title={words.bulkTitle(words[verb], formatCount(rows.length))}
      consequence={
        <div className="flex flex-col gap-3">
          <p>{what[verb]}</p>
          <div className="flex items-baseline justify-between gap-4 rounded-md bg-surface-secondary px-3 py-2">
            <span className="text-muted">{words.bulkSum}</span>
            <Sums rows={rows} />
          </div>
          {unfit === 0 ? null : (
            <Banner
              tone="warn"
              title={(unfit === rows.length ? words.bulkNone : words.bulkUnfit)(formatCount(unfit))}
            />
          )}
          {verb === 'cancel' ? null : <p className="text-muted">{words.bulkReason}</p>}
        </div>
      }
      confirmLabel={words.bulkTitle(words[verb], formatCount(rows.length))}
      fieldProblem={unfit === rows.length ? words.bulkNone(formatCount(unfit)) : null}
      tone={verb === 'cancel' || verb === 'release' ? 'danger' : 'primary'}
      reason={verb === 'cancel' ? 'none' : 'required'}
      runOne={(id, { reason, idempotencyKey }) => runOne(verb, id, reason, idempotencyKey)}
      labelOf={(id) => (
        <Link to="/withdrawals/$id" params={{ id }} className="text-link hover:underline">
          <ShortId text={id} />
        </Link>
      )}
      onDone={props.onDone}
      onClose={props.onClose}
    />
  );
}

function runOne(verb: Verb, id: string, reason: string, idempotencyKey: string): Promise<unknown> {
  switch (verb) {
    case 'cancel':
      return naru.withdrawals.cancel(id, { idempotencyKey });
    case 'retry':
      return naru.admin.withdrawals.retry(id, { reason }, { idempotencyKey });
    case 'release':
      return naru.admin.withdrawals.release(id, { reason }, { idempotencyKey });
    case 'bump':
      return naru.admin.withdrawals.bump(id, { reason }, { idempotencyKey });
  }
}
