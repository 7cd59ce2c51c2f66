import { Button } from '@naru/ui/button.tsx';
import type { DeadLetterBody } from '@naru/wire/dead-letter.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount } from '../../format/number.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog, type CommandSpec } from '../../primitives/command-dialog.tsx';
import { NotPossible } from '../../primitives/not-possible.ts';
import { useNoteCommand } from '../../primitives/use-note-command.tsx';
import { letterTexts } from './dead-letter.texts.ts';
import { mayRetry, retryLetter } from './retry-letter.ts';

type Verb = 'retry' | 'close' | 'note';

/** What may be done about one dead letter. */
export function LetterVerbs({ letter }: { letter: DeadLetterBody }) {
  const words = useTexts(letterTexts);
  const me = useMe();
  const client = useQueryClient();
  const [verb, setVerb] = useState<Verb | null>(null);
  const onDone = () => {
    for (const key of ['dead-letters', 'withdrawal', 'withdrawals'])
      void client.invalidateQueries({ queryKey: [key] });
  };
  const note = useNoteCommand(
    (text, options) => naru.admin.deadLetters.note(letter.id, { text }, options),
    onDone,
  );
  if (!me.can('operations:write')) return null;
  const isOpen = letter.state === 'OPEN';
  const specs: Record<Verb, CommandSpec> = {
    retry: {
      title: words.retryTitle,
      consequence: letter.kind === 'WITHDRAWAL' ? words.retryNew(amountOf(letter)) : words.retryNow,
      confirmLabel: words.retry,
      reason: 'required',
      run: async (input) => {
        if ((await retryLetter(letter, input)) === null) throw new NotPossible(words.retryEmpty);
      },
      doneText: words.retried,
      onDone,
    },
    close: {
      title: words.closeTitle,
      consequence: (
        <>
          <p>{words.closeWhat}</p>
          {letter.present ? <p className="mt-2 font-semibold">{words.closePresent}</p> : null}
        </>
      ),
      confirmLabel: words.close,
      reason: 'required',
      run: ({ reason, idempotencyKey }) =>
        naru.admin.deadLetters.close(letter.id, { reason }, { idempotencyKey }),
      doneText: words.closed,
      onDone,
    },
    note,
  };
  return (
    <>
      {isOpen && mayRetry(letter) ? (
        <Button variant="primary" onPress={() => setVerb('retry')}>
          {words.retry}
        </Button>
      ) : null}
      {isOpen ? (
        <Button variant={mayRetry(letter) ? 'outline' : 'primary'} onPress={() => setVerb('close')}>
          {words.close}
        </Button>
      ) : null}
      <Button variant="outline" onPress={() => setVerb('note')}>
        {words.note}
      </Button>
      {verb === null ? null : <CommandDialog {...specs[verb]} isOpen onClose={() => setVerb(null)} />}
    </>
  );
}

function amountOf({ amount, asset }: DeadLetterBody): string {
  return amount === null || asset === null ? '' : `${formatAmount(amount)} ${asset}`;
}
