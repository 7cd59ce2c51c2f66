import { CopyText, shorten } from '@naru/ui/copy-text.tsx';
import { common } from '../i18n/common.ts';
import { useTexts } from '../i18n/locale.ts';

/** An id, an address or a hash, shortened in the middle, with all of it to copy. */
export function ShortId({ text, isWhole = false }: { text: string; isWhole?: boolean }) {
  const words = useTexts(common);
  return (
    <CopyText
      text={text}
      shown={isWhole ? text : shorten(text)}
      copyLabel={words.copy}
      copiedLabel={words.copied}
    />
  );
}
