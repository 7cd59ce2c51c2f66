import type { ReactNode } from 'react';
import { defineTexts, useTexts } from '../i18n/locale.ts';

const texts = defineTexts({
  ko: { label: '바뀐 것', field: '항목', before: '바뀌기 전', after: '바뀐 뒤', none: '없음' },
  en: { label: 'Change', field: 'Field', before: 'Before', after: 'After', none: 'none' },
});

/** What a change did, value by value: before with a minus, after with a plus. */
export function ChangeDiff({
  changes,
  draw = (_field, value) => value,
}: {
  changes: readonly { field: string; before: string | null; after: string | null }[];
  draw?: (field: string, value: string) => ReactNode;
}) {
  const words = useTexts(texts);
  const cell = (field: string, value: string | null) =>
    value === null ? <span className="font-sans">{words.none}</span> : draw(field, value);
  return (
    <section
      className="overflow-x-auto rounded-md border border-border"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard (WCAG 2.1.1)
      tabIndex={0}
      aria-label={words.label}
    >
      <table className="w-full border-collapse text-xs">
        <thead className="bg-surface-secondary text-muted">
          <tr>
            <th scope="col" className="px-2 py-1.5 text-start font-semibold">
              {words.field}
            </th>
            <th scope="col" className="px-2 py-1.5 text-start font-semibold">
              − {words.before}
            </th>
            <th scope="col" className="px-2 py-1.5 text-start font-semibold">
              + {words.after}
            </th>
          </tr>
        </thead>
        <tbody>
          {changes.map(({ field, before, after }) => (
            <tr key={field} className="border-t border-separator align-top">
              <th scope="row" className="px-2 py-1.5 text-start font-mono font-medium">
                {field}
              </th>
              <td className="bg-bad-soft px-2 py-1.5 font-mono break-all text-bad-text">
                {cell(field, before)}
              </td>
              <td className="bg-good-soft px-2 py-1.5 font-mono break-all text-good-text">
                {cell(field, after)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
