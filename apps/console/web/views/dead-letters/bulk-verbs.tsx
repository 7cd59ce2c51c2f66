import { Banner } from '@naru/ui/banner.tsx';
import { Button } from '@naru/ui/button.tsx';
import type { DeadLetterBody } from '@naru/wire/dead-letter.ts';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { describeCause } from '../../i18n/causes.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { BulkCommand } from '../../primitives/bulk-command.tsx';
import { NotPossible } from '../../primitives/not-possible.ts';
import { ShortId } from '../../primitives/short-id.tsx';
import { Sums } from '../../primitives/sums.tsx';
import { letterTexts } from './dead-letter.texts.ts';
import { mayRetry, retryLetter } from './retry-letter.ts';

type Letters = readonly DeadLetterBody[];
type Verb = 'retry' | 'close';

/** Verbs for the letters that are selected; what comes of each is listed at the end. */
export function BulkVerbs(props: { letters: Letters; onClose: () => void }) {
  const words = useTexts(letterTexts);
  // Of the moment when the verb was chosen: the list may be another one by the time it is confirmed.
  const [command, setCommand] = useState<{ verb: Verb; letters: Letters } | null>(null);
  return (
    <>
      {(['retry', 'close'] as const).map((verb) => (
        <Button key={verb} variant="outline" onPress={() => setCommand({ verb, letters: props.letters })}>
          {words[verb]}
        </Button>
      ))}
      {command === null ? null : (
        <Command
          {...command}
          onClose={(isDone) => {
            setCommand(null);
            if (isDone) props.onClose();
          }}
        />
      )}
    </>
  );
}

/** One verb for several letters. `isDone`: it was carried out, and its report read. */
export function Command(props: { verb: Verb; letters: Letters; onClose: (isDone: boolean) => void }) {
  const { verb, letters } = props;
  const words = useTexts(letterTexts);
  const locale = useLocale();
  const client = useQueryClient();
  const [isDone, setDone] = useState(false);
  const taken = verb === 'retry' ? letters.filter(mayRetry) : letters;
  const byId = new Map(taken.map((letter) => [letter.id, letter]));
  const title = (verb === 'retry' ? words.retrySeveral : words.closeSeveral)(formatCount(taken.length));
  return (
    <BulkCommand
      ids={[...byId.keys()]}
      title={title}
      consequence={verb === 'retry' ? <WhatRetried letters={letters} /> : <p>{words.closeWhat}</p>}
      confirmLabel={title}
      fieldProblem={taken.length === 0 ? words.retryNone : null}
      reason="required"
      runOne={async (id, input) => {
        const letter = byId.get(id);
        if (letter === undefined) return;
        const { reason, idempotencyKey } = input;
        if (verb === 'close') return await naru.admin.deadLetters.close(id, { reason }, { idempotencyKey });
        if ((await retryLetter(letter, input)) === null) throw new NotPossible(words.retryEmpty);
      }}
      labelOf={(id) => {
        const letter = byId.get(id);
        if (letter === undefined) return null;
        return (
          <Link to="/dead-letters/$id" params={{ id }} className="flex flex-wrap gap-x-2 text-link">
            {describeCause(letter.cause, letter, locale).name}
            <ShortId text={letter.subject} />
          </Link>
        );
      }}
      onDone={() => {
        setDone(true);
        for (const key of ['dead-letters', 'withdrawals', 'withdrawal'])
          void client.invalidateQueries({ queryKey: [key] });
      }}
      onClose={() => props.onClose(isDone)}
    />
  );
}

/** What a retry of these would do, counted before anything is done. */
function WhatRetried({ letters }: { letters: Letters }) {
  const words = useTexts(letterTexts);
  const of = (kind: DeadLetterBody['kind']) => letters.filter((letter) => letter.kind === kind);
  const [failed, waiting] = [of('WITHDRAWAL'), of('CHAIN_TX')];
  const left = letters.length - failed.length - waiting.length;
  const amounts = failed.flatMap(({ asset, amount }) =>
    asset === null || amount === null ? [] : [{ asset, amount }],
  );
  return (
    <div className="flex flex-col gap-3">
      {failed.length === 0 ? null : <p>{words.retryFailed(formatCount(failed.length))}</p>}
      {amounts.length === 0 ? null : (
        <div className="flex items-baseline justify-between gap-4 rounded-md bg-surface-secondary px-3 py-2">
          <span className="text-muted">{words.retryHolds}</span>
          <Sums rows={amounts} />
        </div>
      )}
      {waiting.length === 0 ? null : <p>{words.retryWaiting(formatCount(waiting.length))}</p>}
      {left === 0 ? null : (
        <Banner
          tone="warn"
          title={left === letters.length ? words.retryNone : words.retryLeft(formatCount(left))}
        />
      )}
      <p className="text-muted">{words.sameReason}</p>
    </div>
  );
}
