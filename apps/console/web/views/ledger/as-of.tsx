import { TextField } from '@naru/ui/text-field.tsx';
import { KST_OFFSET_MS } from '../../format/time.ts';
import { useTexts } from '../../i18n/locale.ts';
import { ledgerTexts } from './ledger.texts.ts';

const DAY_MS = 86_400_000;

/** The moment at which a day in Korea is over, for the API; nothing: now. */
export function endOfDay(day: string | undefined): { at?: string } {
  if (day === undefined) return {};
  return { at: new Date(Date.parse(`${day}T00:00:00Z`) - KST_OFFSET_MS + DAY_MS).toISOString() };
}

/** The day at whose end the ledger is shown. */
export function AsOf(props: { day: string | undefined; onChange: (day: string | undefined) => void }) {
  const words = useTexts(ledgerTexts);
  return (
    <TextField
      label={words.day}
      type="date"
      value={props.day ?? ''}
      onChange={(text) => props.onChange(text === '' ? undefined : text)}
      className="w-44"
    />
  );
}
