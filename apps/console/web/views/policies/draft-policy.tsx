import { TextArea, TextField } from '@naru/ui/text-field.tsx';
import type { PolicyBody } from '@naru/wire/policy.ts';
import { type PolicyDocumentInput, policyDocument } from '@naru/wire/policy-document.ts';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { naru } from '../../app/client.ts';
import { useTexts } from '../../i18n/locale.ts';
import { CommandButton } from '../../primitives/command-button.tsx';
import { policyTexts } from './policy.texts.ts';

/** To begin with: two people from ten million won on. */
const FIRST: PolicyDocumentInput = {
  approvals: { steps: [{ fromKrw: '10000000', quorum: 1 }], expiresInHours: 24 },
};
/** Problems shown at once; the rest comes when these are mended. */
const PROBLEMS_MAX = 8;

type Read = { document: PolicyDocumentInput; problems: [] } | { document: null; problems: string[] };

/** The text as rules, or where it is wrong: what the API would say, before it is asked. */
function readDocument(text: string, notJson: (message: string) => string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { document: null, problems: [notJson(error instanceof Error ? error.message : String(error))] };
  }
  const read = policyDocument.safeParse(value);
  if (read.success) return { document: read.data, problems: [] };
  return {
    document: null,
    problems: read.error.issues
      .slice(0, PROBLEMS_MAX)
      .map((issue) => `/${issue.path.map(String).join('/')}: ${issue.message}`),
  };
}

/** Writes rules down as the next version. `from`: of which to begin. */
export function DraftPolicy({ label, from }: { label: string; from: PolicyBody | null }) {
  const words = useTexts(policyTexts);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [organisation, setOrganisation] = useState('');
  const [note, setNote] = useState('');
  const read = useMemo(() => readDocument(text, words.notJson), [text, words.notJson]);
  const isOrganisation = organisation === '' || /^org_[0-9a-z]{20,40}$/.test(organisation.trim());
  return (
    <CommandButton
      label={label}
      variant={from === null ? 'primary' : 'outline'}
      onOpen={() => {
        setText(JSON.stringify(from?.document ?? FIRST, null, 2));
        setOrganisation(from?.organisationId ?? '');
        setNote('');
      }}
      command={{
        title: label,
        consequence: words.draftWhat,
        confirmLabel: words.draft,
        reason: 'none',
        fields: (
          <>
            <TextField
              label={words.organisationId}
              value={organisation}
              onChange={setOrganisation}
              hint={words.organisationHint}
              error={isOrganisation ? null : words.badOrganisation}
              isMono
            />
            <TextArea
              label={words.document}
              value={text}
              onChange={setText}
              rows={14}
              hint={words.documentHint}
              isMono
            />
            <div role="status" className="text-sm">
              {read.document === null ? (
                <ul className="list-disc ps-5 text-bad-text">
                  {read.problems.map((problem) => (
                    <li key={problem}>
                      <code className="text-xs">{problem}</code>
                    </li>
                  ))}
                </ul>
              ) : (
                <p className="text-good-text">✓ {words.valid}</p>
              )}
            </div>
            <TextField label={words.note} value={note} onChange={setNote} maxLength={500} />
          </>
        ),
        fieldProblem: !isOrganisation ? words.badOrganisation : (read.problems[0] ?? null),
        run: async ({ idempotencyKey }) => {
          if (read.document === null) return;
          const made = await naru.admin.policies.create(
            {
              organisationId: organisation === '' ? null : organisation.trim(),
              document: read.document,
              note: note === '' ? null : note,
            },
            { idempotencyKey },
          );
          await navigate({ to: '/policies/$id', params: { id: made.id } });
        },
        doneText: words.drafted,
        onDone: () => void client.invalidateQueries({ queryKey: ['policies'] }),
      }}
    />
  );
}
