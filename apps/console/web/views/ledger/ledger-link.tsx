import type { LedgerAccountBody } from '@naru/wire/ledger.ts';
import { Link } from '@tanstack/react-router';
import { useTexts } from '../../i18n/locale.ts';
import { ledgerTexts } from './ledger.texts.ts';

/** From a balance to the account of the ledger behind it. */
export function LedgerLink(props: {
  kind: LedgerAccountBody['kind'];
  chain: string;
  asset: string;
  /** What is read of the link first; in its name, too, or voice control would not find it (WCAG 2.2, 2.5.3). */
  children?: string;
}) {
  const words = useTexts(ledgerTexts);
  const { kind, chain, asset, children } = props;
  return (
    <Link
      to="/ledger"
      search={{ kind, chain, asset }}
      className="text-link underline"
      aria-label={[children, words.inLedgerOf(`${words[kind]} ${asset}`)].filter(Boolean).join(', ')}
    >
      {children ?? words.inLedger}
    </Link>
  );
}
