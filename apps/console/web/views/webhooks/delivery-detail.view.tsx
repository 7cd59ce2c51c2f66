import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Timeline } from '@naru/ui/timeline.tsx';
import type { WebhookDeliveryDetailBody } from '@naru/wire/webhook.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { webhookTexts } from './webhook.texts.ts';
import { deliveryTones } from './webhook-status.ts';

/** One event for one endpoint: what was sent, and what came back at each try. */
export function DeliveryDetailView() {
  const { id } = useParams({ from: '/shell/webhook-deliveries/$id' });
  const words = useTexts(webhookTexts);
  const me = useMe();
  const client = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const query = useQuery({
    queryKey: ['webhooks', 'delivery', id],
    queryFn: ({ signal }) => naru.webhookDeliveries.get(id, { signal }),
    refetchInterval: ({ state }) => (state.data?.state === 'PENDING' ? 2_000 : false),
  });
  return (
    <QueryPage query={query}>
      {(delivery) => (
        <DetailPage
          title={delivery.type}
          actions={
            me.can('webhooks:write') ? (
              <Button variant="primary" onPress={() => setOpen(true)}>
                {words.resend}
              </Button>
            ) : null
          }
          aside={<Facts delivery={delivery} />}
        >
          <Card title={words.tries}>
            <Tries delivery={delivery} />
          </Card>
          <Card title={words.body}>
            <JsonView label={words.body} value={pretty(delivery.body)} />
          </Card>
          <CommandDialog
            isOpen={isOpen}
            onClose={() => setOpen(false)}
            title={words.resendTitle}
            consequence={words.resendWhat}
            confirmLabel={words.resend}
            reason="none"
            run={({ idempotencyKey }) => naru.webhookDeliveries.resend(id, { idempotencyKey })}
            doneText={words.resent}
            onDone={() => void client.invalidateQueries({ queryKey: ['webhooks'] })}
          />
        </DetailPage>
      )}
    </QueryPage>
  );
}

function Facts({ delivery }: { delivery: WebhookDeliveryDetailBody }) {
  const words = useTexts(webhookTexts);
  return (
    <Card title={words.state}>
      <KeyValues
        rows={[
          [
            words.state,
            <StatusChip key="state" tone={deliveryTones[delivery.state]}>
              {words[delivery.state]}
            </StatusChip>,
          ],
          [
            words.subject,
            delivery.subject.startsWith('wd_') ? (
              <Link
                key="subject"
                to="/withdrawals/$id"
                params={{ id: delivery.subject }}
                className="text-link underline"
              >
                <ShortId text={delivery.subject} />
              </Link>
            ) : (
              <ShortId key="subject" text={delivery.subject} />
            ),
          ],
          [words.at, <Time key="at" at={delivery.eventAt} />],
          [
            words.next,
            delivery.nextAttemptAt === null ? '—' : <Time key="next" at={delivery.nextAttemptAt} />,
          ],
          ['webhook-id', <ShortId key="id" text={delivery.id} />],
        ]}
      />
    </Card>
  );
}

function Tries({ delivery }: { delivery: WebhookDeliveryDetailBody }) {
  const words = useTexts(webhookTexts);
  const locale = useLocale();
  return (
    <Timeline
      label={words.tries}
      entries={[...delivery.attempts].reverse().map((attempt) => ({
        key: String(attempt.number),
        tone: attempt.outcome === 'DELIVERED' ? 'good' : 'bad',
        title: `${attempt.number}. ${attempt.response?.status ?? attempt.outcome}`,
        time: <Time at={attempt.at} />,
        detail: (
          <div className="flex flex-col gap-2">
            <p>
              {attempt.error ?? attempt.url}
              {attempt.durationMs === null
                ? ''
                : ` · ${words.ago(formatDuration(attempt.durationMs, locale))}`}
            </p>
            <details>
              <summary className="cursor-pointer text-xs">{words.request}</summary>
              <JsonView label={words.request} value={attempt.request.headers ?? {}} />
            </details>
            <details>
              <summary className="cursor-pointer text-xs">{words.response}</summary>
              <JsonView label={words.response} value={attempt.response ?? words.noAnswer} />
            </details>
          </div>
        ),
      }))}
    />
  );
}

/** The very text that is sent, laid out to be read; as it is where it is not JSON. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
