import { Card } from '@naru/ui/card.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTexts } from '../../i18n/locale.ts';
import { Amount } from '../../primitives/amount.tsx';
import { Time } from '../../primitives/time.tsx';
import { webhookTexts } from '../webhooks/webhook.texts.ts';
import { deliveryTones } from '../webhooks/webhook-status.ts';
import { detailTexts } from './detail.texts.ts';
import { shortActor } from './withdrawal-timeline.tsx';

type Props = { detail: WithdrawalDetailBody };

const head = 'px-3 py-2 text-xs font-semibold text-muted whitespace-nowrap';
const cell = 'border-t border-separator px-3 py-2 whitespace-nowrap';

export function LedgerCard({ detail: { ledger } }: Props) {
  const words = useTexts(detailTexts);
  const kinds: Readonly<Record<string, string>> = words as never;
  if (ledger.length === 0)
    return (
      <Card title={words.ledger}>
        <p className="text-sm text-muted">{words.noLedger}</p>
      </Card>
    );
  return (
    <Card title={words.ledger} isFlush>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard (WCAG 2.1.1) */}
      <section className="overflow-x-auto" tabIndex={0} aria-label={words.ledger}>
        <table className="w-full text-sm">
          <thead>
            <tr>
              <th className={`${head} text-start`}>{words.kind}</th>
              <th className={`${head} text-start`}>{words.debit}</th>
              <th className={`${head} text-start`}>{words.credit}</th>
              <th className={`${head} text-end`}>{words.amount}</th>
              <th className={`${head} text-start`}>{words.at}</th>
            </tr>
          </thead>
          <tbody>
            {ledger.map((row) => (
              <tr key={row.id}>
                <td className={cell}>
                  {kinds[row.kind] ?? row.kind} <code className="text-xs text-muted">{row.kind}</code>
                </td>
                <td className={cell}>{row.debit}</td>
                <td className={cell}>{row.credit}</td>
                <td className={`${cell} text-end`}>
                  <Amount amount={row.amount} asset={row.asset} />
                </td>
                <td className={cell}>
                  <Time at={row.at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Card>
  );
}

export function DeliveriesCard({ detail: { deliveries } }: Props) {
  const words = useTexts(detailTexts);
  const webhookWords = useTexts(webhookTexts);
  return (
    <Card title={words.deliveries}>
      {deliveries.length === 0 ? (
        <p className="text-sm text-muted">{words.noDeliveries}</p>
      ) : (
        <ul className="flex flex-col divide-y divide-separator text-sm">
          {deliveries.map((delivery) => (
            <li
              key={delivery.id}
              className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 py-2 first:pt-0 last:pb-0"
            >
              <span className="flex min-w-0 flex-wrap items-center gap-2">
                <Link
                  to="/webhook-deliveries/$id"
                  params={{ id: delivery.id }}
                  className="font-medium text-link underline"
                >
                  {delivery.type}
                </Link>
                <StatusChip tone={deliveryTones[delivery.state]}>{webhookWords[delivery.state]}</StatusChip>
                <span className="min-w-0 truncate text-muted">{delivery.url}</span>
              </span>
              <span className="text-xs text-muted">
                <Time at={delivery.eventAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

export function NotesCard({ detail: { notes }, button }: Props & { button: ReactNode }) {
  const words = useTexts(detailTexts);
  return (
    <Card title={words.notes} actions={button}>
      {notes.length === 0 ? (
        <p className="text-sm text-muted">{words.noNotes}</p>
      ) : (
        <ul className="flex flex-col gap-3 text-sm">
          {[...notes].reverse().map((note) => (
            <li key={`${note.at} ${note.text}`}>
              <p className="whitespace-pre-wrap">{note.text}</p>
              <p className="text-xs text-muted">
                {note.holder ?? shortActor(note.author)} · <Time at={note.at} />
              </p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
