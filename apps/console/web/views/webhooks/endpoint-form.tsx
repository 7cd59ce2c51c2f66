import { TextField } from '@naru/ui/text-field.tsx';
import { useTexts } from '../../i18n/locale.ts';
import { webhookTexts } from './webhook.texts.ts';

export type EndpointDraft = { url: string; events: string; description: string };

export function eventsOf(text: string): string[] {
  return text
    .split(/[\s,]+/)
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** What is wrong with a draft that the API need not be asked about; null: nothing. */
export function findDraftProblem(draft: EndpointDraft): 'invalidUrl' | 'invalidEvents' | null {
  if (!URL.canParse(draft.url)) return 'invalidUrl';
  return eventsOf(draft.events).length === 0 ? 'invalidEvents' : null;
}

export function EndpointForm({
  draft,
  onChange,
  showsProblem,
}: {
  draft: EndpointDraft;
  onChange: (draft: EndpointDraft) => void;
  showsProblem: boolean;
}) {
  const words = useTexts(webhookTexts);
  const problem = showsProblem ? findDraftProblem(draft) : null;
  return (
    <>
      <TextField
        label={words.url}
        type="url"
        value={draft.url}
        onChange={(url) => onChange({ ...draft, url })}
        placeholder="https://example.com/naru/webhooks"
        error={problem === 'invalidUrl' ? words.invalidUrl : null}
        isRequired
      />
      <TextField
        label={words.events}
        value={draft.events}
        onChange={(events) => onChange({ ...draft, events })}
        hint={words.eventsHint}
        error={problem === 'invalidEvents' ? words.invalidEvents : null}
        isRequired
        isMono
      />
      <TextField
        label={words.description}
        value={draft.description}
        onChange={(description) => onChange({ ...draft, description })}
        maxLength={255}
      />
    </>
  );
}
