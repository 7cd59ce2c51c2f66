import { Button } from '@naru/ui/button.tsx';
import type { DeadLetterBody } from '@naru/wire/dead-letter.ts';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { ProblemBanner } from '../../primitives/problem.tsx';
import { letterTexts } from './dead-letter.texts.ts';

/** As many as one search opens; a group that is larger is retried in several goes. */
const LETTERS_MAX = 1_000;
const PAGE_ROWS = 100;

/** Every open letter of one cause, retried together: read whole first, so that the counts are those of all of them. */
export function RetryCause(props: {
  cause: string;
  causeName: string;
  /** What was read. Its report outlives this button, whose cause is gone when all of it is retried. */
  onRead: (letters: readonly DeadLetterBody[]) => void;
}) {
  const { cause, causeName, onRead } = props;
  const words = useTexts(letterTexts);
  const [isReading, setReading] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const open = async () => {
    setReading(true);
    setError(null);
    try {
      onRead(await readAll(cause));
    } catch (caught) {
      setError(caught);
    } finally {
      setReading(false);
    }
  };
  return (
    <>
      <Button
        variant="outline"
        isPending={isReading}
        aria-label={`${causeName}: ${words.retryAll}`}
        onPress={() => void open()}
      >
        {words.retryAll}
      </Button>
      {error === null ? null : <ProblemBanner error={error} onRetry={() => void open()} />}
    </>
  );
}

async function readAll(cause: string): Promise<DeadLetterBody[]> {
  const found: DeadLetterBody[] = [];
  let cursor: string | null = null;
  do {
    const page = await naru.admin.deadLetters.listPage({
      state: 'OPEN',
      cause,
      limit: PAGE_ROWS,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null && found.length < LETTERS_MAX);
  return found.slice(0, LETTERS_MAX);
}
