import { Button } from '@naru/ui/button.tsx';
import { Menu } from '@naru/ui/menu.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { WebhookEndpointBody } from '@naru/wire/webhook.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { fromLocalInput, toLocalInput } from '../../format/time.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandDialog, type CommandSpec } from '../../primitives/command-dialog.tsx';
import { EndpointForm, eventsOf, findDraftProblem } from './endpoint-form.tsx';
import { webhookTexts } from './webhook.texts.ts';
import { SecretDialog } from './webhook-list.view.tsx';

const DAY_SECONDS = 86_400;
const overlaps = ['0', String(DAY_SECONDS), String(7 * DAY_SECONDS)] as const satisfies readonly string[];

type Verb = 'change' | 'pause' | 'resume' | 'rotate' | 'test' | 'replay' | 'remove';

type Words = (typeof webhookTexts)['ko'];
/** A command, and the state of its fields where it has some: gone when its dialog is closed. */
type VerbProps = { endpoint: WebhookEndpointBody; onClose: () => void; onDone: () => void };

/** What can be done with an endpoint. */
export function EndpointVerbs({ endpoint }: { endpoint: WebhookEndpointBody }) {
  const words = useTexts(webhookTexts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [verb, setVerb] = useState<Verb | null>(null);
  const [secret, setSecret] = useState<string | null>(null);
  const isActive = endpoint.state === 'ACTIVE';
  const props: VerbProps = {
    endpoint,
    onClose: () => setVerb(null),
    onDone: () => void client.invalidateQueries({ queryKey: ['webhooks'] }),
  };
  return (
    <>
      <Button variant="primary" onPress={() => setVerb(isActive ? 'test' : 'resume')}>
        {isActive ? words.test : words.resume}
      </Button>
      <Menu
        label={words.change}
        trigger={<Button variant="outline">{words.change}</Button>}
        entries={[
          { id: 'change', label: words.change },
          ...(isActive ? [{ id: 'pause', label: words.pause }] : []),
          { id: 'rotate', label: words.rotate },
          { id: 'replay', label: words.replay },
          { id: 'remove', label: words.remove, isDanger: true },
        ]}
        onChoose={(chosen) => setVerb(chosen as Verb)}
      />
      {verb === 'change' ? <ChangeCommand {...props} /> : null}
      {verb === 'resume' ? <ResumeCommand {...props} /> : null}
      {verb === 'rotate' ? <RotateCommand {...props} onSecret={setSecret} /> : null}
      {verb === 'replay' ? <ReplayCommand {...props} /> : null}
      {verb === 'pause' || verb === 'test' || verb === 'remove' ? (
        <CommandDialog
          {...plainCommand(verb, endpoint.id, words)}
          isOpen
          onClose={props.onClose}
          onDone={() => {
            props.onDone();
            if (verb === 'remove') void navigate({ to: '/webhooks' });
          }}
        />
      ) : null}
      <SecretDialog secret={secret} onClose={() => setSecret(null)} />
    </>
  );
}

/** Those that ask for nothing more. */
function plainCommand(verb: 'pause' | 'test' | 'remove', id: string, words: Words): CommandSpec {
  if (verb === 'pause')
    return {
      title: words.pauseTitle,
      consequence: words.pauseWhat,
      confirmLabel: words.pause,
      reason: 'none',
      run: () => naru.webhookEndpoints.pause(id),
      doneText: words.paused,
    };
  if (verb === 'test')
    return {
      title: words.testTitle,
      consequence: words.testWhat,
      confirmLabel: words.test,
      reason: 'none',
      run: ({ idempotencyKey }) => naru.webhookEndpoints.test(id, { idempotencyKey }),
      doneText: words.tested,
    };
  return {
    title: words.removeTitle,
    consequence: words.removeWhat,
    confirmLabel: words.remove,
    tone: 'danger',
    reason: 'none',
    run: () => naru.webhookEndpoints.delete(id),
    doneText: words.removed,
  };
}

function ChangeCommand({ endpoint, onClose, onDone }: VerbProps) {
  const words = useTexts(webhookTexts);
  const [draft, setDraft] = useState({
    url: endpoint.url,
    events: endpoint.events.join(', '),
    description: endpoint.description ?? '',
  });
  const problem = findDraftProblem(draft);
  return (
    <CommandDialog
      isOpen
      onClose={onClose}
      onDone={onDone}
      title={words.changeTitle}
      consequence={words.addWhat}
      confirmLabel={words.change}
      reason="none"
      fields={<EndpointForm draft={draft} onChange={setDraft} showsProblem />}
      fieldProblem={problem === null ? null : words[problem]}
      run={() =>
        naru.webhookEndpoints.change(endpoint.id, {
          url: draft.url,
          events: eventsOf(draft.events),
          description: draft.description === '' ? null : draft.description,
        })
      }
      doneText={words.changed}
    />
  );
}

function ResumeCommand({ endpoint, onClose, onDone }: VerbProps) {
  const words = useTexts(webhookTexts);
  const [missed, setMissed] = useState<'deliver' | 'skip'>('deliver');
  return (
    <CommandDialog
      isOpen
      onClose={onClose}
      onDone={onDone}
      title={words.resumeTitle}
      consequence={words.resumeWhat}
      confirmLabel={words.resume}
      reason="none"
      fields={
        <Select
          label={words.missed}
          value={missed}
          onChange={setMissed}
          choices={[
            { value: 'deliver', label: words.missedDeliver },
            { value: 'skip', label: words.missedSkip },
          ]}
        />
      }
      run={() => naru.webhookEndpoints.resume(endpoint.id, missed)}
      doneText={words.resumed}
    />
  );
}

function RotateCommand({
  endpoint,
  onClose,
  onDone,
  onSecret,
}: VerbProps & { onSecret: (secret: string | null) => void }) {
  const words = useTexts(webhookTexts);
  const [overlap, setOverlap] = useState<(typeof overlaps)[number]>(overlaps[1]);
  return (
    <CommandDialog
      isOpen
      onClose={onClose}
      onDone={onDone}
      title={words.rotateTitle}
      consequence={words.rotateWhat}
      confirmLabel={words.rotate}
      reason="none"
      fields={
        <Select
          label={words.overlap}
          value={overlap}
          onChange={setOverlap}
          choices={[
            { value: overlaps[0], label: words.immediately },
            { value: overlaps[1], label: words.hours('24') },
            { value: overlaps[2], label: words.week },
          ]}
        />
      }
      run={async ({ idempotencyKey }) => {
        const overlapSeconds = Number(overlap);
        const made = await naru.webhookEndpoints.rotateSecret(endpoint.id, {
          idempotencyKey,
          overlapSeconds,
        });
        onSecret(made.secret);
      }}
      doneText={null}
    />
  );
}

function ReplayCommand({ endpoint, onClose, onDone }: VerbProps) {
  const words = useTexts(webhookTexts);
  const [range, setRange] = useState(() => ({
    from: toLocalInput(new Date(Date.now() - DAY_SECONDS * 1_000)),
    to: toLocalInput(new Date()),
  }));
  const [redeliver, setRedeliver] = useState(false);
  const from = fromLocalInput(range.from);
  const to = fromLocalInput(range.to);
  return (
    <CommandDialog
      isOpen
      onClose={onClose}
      onDone={onDone}
      title={words.replayTitle}
      consequence={words.replayWhat}
      confirmLabel={words.replay}
      reason="none"
      fields={
        <>
          <TextField
            label={words.from}
            type="datetime-local"
            value={range.from}
            onChange={(text) => setRange({ ...range, from: text })}
            error={from === null ? words.noMoment : null}
          />
          <TextField
            label={words.to}
            type="datetime-local"
            value={range.to}
            onChange={(text) => setRange({ ...range, to: text })}
            error={to === null ? words.noMoment : null}
          />
          <Checkbox isSelected={redeliver} onChange={setRedeliver}>
            {words.redeliver}
          </Checkbox>
        </>
      }
      fieldProblem={from === null || to === null ? words.noMoment : null}
      run={({ idempotencyKey }) =>
        naru.webhookEndpoints.replay(endpoint.id, { from: from ?? '', to, redeliver }, { idempotencyKey })
      }
      doneText={words.replayed}
    />
  );
}
