import type { LedgerAccountBody } from '@naru/wire/ledger.ts';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTexts } from '../../i18n/locale.ts';
import { ledgerTexts } from './ledger.texts.ts';

/** From a balance to the account of the ledger behind it. */
export function LedgerLink(props: {
  kind: LedgerAccountBody['kind'];
  chain: string;
  asset: string;
  children?: ReactNode;
}) {
  const words = useTexts(ledgerTexts);
  const { kind, chain, asset, children } = props;
  return (
    <Link
      to="/ledger"
      search={{ kind, chain, asset } as never}
      className="text-link underline"
      aria-label={words.inLedgerOf(`${words[kind]} ${asset}`)}
    >
      {children ?? words.inLedger}
    </Link>
  );
}
