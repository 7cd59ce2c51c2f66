import { Banner } from '@naru/ui/banner.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { WithdrawalActionBody, WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount, formatCount } from '../../format/number.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import type { CommandSpec } from '../../primitives/command-dialog.tsx';
import { useNoteCommand } from '../../primitives/use-note-command.tsx';
import { useVoteSpecs } from '../approvals/use-vote-specs.tsx';
import { verbTexts } from './verb.texts.ts';

type Verb = WithdrawalActionBody['verb'];

/** The command of each verb, as it stands with this withdrawal; null where there is nothing to do it to. */
export function useWithdrawalCommands(detail: WithdrawalDetailBody): Record<Verb, CommandSpec | null> {
  const words = useTexts(verbTexts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const votes = useVoteSpecs(detail.reviews.at(-1) ?? null);
  const agreed = useAgreement(detail);
  const { id, state } = detail;
  const amount = `${formatAmount(detail.amount)} ${detail.asset}`;
  const letters = detail.deadLetters.filter((one) => one.state === 'OPEN');
  const hasNonce = detail.transaction !== null;
  const onDone = () => {
    for (const key of ['withdrawal', 'withdrawals', 'dead-letters', 'approvals'])
      void client.invalidateQueries({ queryKey: [key] });
  };
  const note = useNoteCommand((text, options) => naru.admin.withdrawals.note(id, { text }, options), onDone);
  const retriesAnew = state === 'FAILED';
  return {
    approve: votes?.approve ?? null,
    deny: votes?.deny ?? null,
    cancel: {
      title: words.cancelTitle,
      consequence: words.cancelWhat(amount),
      confirmLabel: words.cancel,
      tone: 'danger',
      reason: 'none',
      run: ({ idempotencyKey }) => naru.withdrawals.cancel(id, { idempotencyKey }),
      doneText: words.canceled,
      onDone,
    },
    retry: {
      title: retriesAnew ? words.retryTitle : words.tryNowTitle,
      consequence: retriesAnew ? words.retryWhat(amount, detail.to) : words.tryNowWhat,
      confirmLabel: words.retry,
      reason: 'required',
      ...agreed('retry', 'retry_duplicate', words.acceptDuplicate, words.duplicateNeeded),
      run: async ({ reason, idempotencyKey }) => {
        const acceptDuplicate = detail.actions.some((one) => one.code === 'retry_duplicate');
        const made = await naru.admin.withdrawals.retry(id, { reason, acceptDuplicate }, { idempotencyKey });
        if (made.id !== id) void navigate({ to: '/withdrawals/$id', params: { id: made.id } });
      },
      doneText: words.retried,
      onDone,
    },
    bump: {
      title: words.bumpTitle,
      consequence: words.bumpWhat,
      confirmLabel: words.bump,
      reason: 'required',
      run: ({ reason, idempotencyKey }) => naru.admin.withdrawals.bump(id, { reason }, { idempotencyKey }),
      doneText: words.bumped,
      onDone,
    },
    release: {
      title: words.releaseTitle,
      consequence: hasNonce ? words.releaseAfter(amount) : words.releaseBefore(amount),
      confirmLabel: words.release,
      tone: 'danger',
      reason: 'required',
      ...agreed('release', 'release_affects_others', words.wholeBatch, words.wholeBatchNeeded),
      run: ({ reason, idempotencyKey }) => {
        const wholeBatch = detail.actions.some((one) => one.code === 'release_affects_others');
        return naru.admin.withdrawals.release(id, { reason, wholeBatch }, { idempotencyKey });
      },
      doneText: words.released,
      onDone,
    },
    close:
      letters.length === 0
        ? null
        : {
            title: words.closeTitle,
            consequence: words.closeWhat(formatCount(letters.length)),
            confirmLabel: words.close,
            reason: 'required',
            run: async ({ reason, idempotencyKey }) => {
              for (const letter of letters)
                await naru.admin.deadLetters.close(
                  letter.id,
                  { reason },
                  { idempotencyKey: `${idempotencyKey}-${letter.id}` },
                );
            },
            doneText: words.closed,
            onDone,
          },
    note,
  };
}

/** A box to tick where a verb does more than it seems: what, the API has said beforehand. */
function useAgreement(detail: WithdrawalDetailBody) {
  const locale = useLocale();
  const [ticked, setTicked] = useState<ReadonlySet<Verb>>(new Set());
  return (
    verb: Verb,
    code: string,
    label: string,
    needed: string,
  ): Pick<CommandSpec, 'fields' | 'fieldProblem'> => {
    const action = detail.actions.find((one) => one.verb === verb);
    if (action?.code !== code) return {};
    const isTicked = ticked.has(verb);
    return {
      fields: (
        <div className="flex flex-col gap-2">
          <Banner tone="warn" title={action.why?.[locale] ?? code} />
          <Checkbox
            isSelected={isTicked}
            onChange={(isSelected) => setTicked(new Set(isSelected ? [verb] : []))}
          >
            {label}
          </Checkbox>
        </div>
      ),
      fieldProblem: isTicked ? null : needed,
    };
  };
}
