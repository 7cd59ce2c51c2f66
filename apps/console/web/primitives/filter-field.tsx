import { TextField, type TextFieldProps } from '@naru/ui/text-field.tsx';
import { useEffect, useRef, useState } from 'react';

/** How long somebody has stopped typing before a list is asked for anew. */
const SETTLED_MS = 400;

/** A text that narrows a list: it counts when typing has stopped for a moment. */
export function FilterField({
  value,
  onCommit,
  ...props
}: Omit<TextFieldProps, 'value' | 'onChange'> & {
  value: string | undefined;
  onCommit: (value: string | undefined) => void;
}) {
  const [draft, setDraft] = useState(value ?? '');
  const committed = useRef(value ?? '');
  const commit = useRef(onCommit);
  commit.current = onCommit;
  useEffect(() => {
    // What was typed here is there already; only what came from elsewhere takes its place.
    if ((value ?? '') === committed.current) return;
    committed.current = value ?? '';
    setDraft(value ?? '');
  }, [value]);
  useEffect(() => {
    const wanted = draft.trim();
    if (wanted === committed.current) return;
    const timer = setTimeout(() => {
      committed.current = wanted;
      commit.current(wanted === '' ? undefined : wanted);
    }, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  return <TextField {...props} value={draft} onChange={setDraft} autoComplete="off" />;
}
