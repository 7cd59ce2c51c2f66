import { TextArea } from '@naru/ui/fields.tsx';
import { useState } from 'react';
import { defineTexts, useTexts } from '../i18n/locale.ts';
import type { CommandSpec } from './command-dialog.tsx';

const texts = defineTexts({
  ko: {
    title: '메모 남기기',
    what: '다음 담당자가 볼 메모예요. 출금을 요청한 조직에는 보이지 않고, 지우거나 고칠 수 없어요. 돈은 움직이지 않아요.',
    text: '메모',
    needed: '메모를 적어 주세요',
    done: '메모를 남겼어요',
  },
  en: {
    title: 'Add a note',
    what: 'For the next operator. Its owner does not see it, and it can neither be changed nor removed. No money moves.',
    text: 'Note',
    needed: 'Write the note',
    done: 'The note is kept',
  },
});

/** Characters of a note, as the API takes them. */
const NOTE_LENGTH_MAX = 4_000;

/** The command that leaves a note, whatever it is about. What is written stays until it is kept. */
export function useNoteCommand(
  keep: (text: string, options: { idempotencyKey: string }) => Promise<unknown>,
  onDone: () => void,
): CommandSpec {
  const words = useTexts(texts);
  const [note, setNote] = useState('');
  return {
    title: words.title,
    consequence: words.what,
    confirmLabel: words.title,
    reason: 'none',
    fields: (
      <TextArea
        label={words.text}
        value={note}
        onChange={setNote}
        maxLength={NOTE_LENGTH_MAX}
        rows={4}
        isRequired
      />
    ),
    fieldProblem: note.trim() === '' ? words.needed : null,
    run: ({ idempotencyKey }) => keep(note.trim(), { idempotencyKey }),
    doneText: words.done,
    onDone: () => {
      setNote('');
      onDone();
    },
  };
}
