import { TextArea } from '@naru/ui/text-field.tsx';
import { useState } from 'react';
import { useTexts } from '../i18n/locale.ts';
import type { CommandSpec } from './command-dialog.tsx';
import { noteTexts } from './note.texts.ts';

/** Characters of a note, as the API takes them. */
const NOTE_LENGTH_MAX = 4_000;

/** The command that leaves a note, whatever it is about. What is written stays until it is kept. */
export function useNoteCommand(
  keep: (text: string, options: { idempotencyKey: string }) => Promise<unknown>,
  onDone: () => void,
): CommandSpec {
  const words = useTexts(noteTexts);
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
