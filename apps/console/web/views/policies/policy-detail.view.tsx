import { Card } from '@naru/ui/card.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Tabs } from '@naru/ui/tabs.tsx';
import type { PolicyBody } from '@naru/wire/policy.ts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { CommandButton } from '../../primitives/command-button.tsx';
import { DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage, QueryView } from '../../primitives/query-view.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { DraftPolicy } from './draft-policy.tsx';
import { policyTexts } from './policy.texts.ts';
import { DryRun } from './policy-dry-run.tsx';
import { compareDocuments, policyTones, tellPolicy } from './policy-words.ts';

export function PolicyDetailView() {
  const { id } = useParams({ from: '/shell/policies/$id' });
  const { tab = 'rules' } = useSearch({ from: '/shell/policies/$id' });
  const words = useTexts(policyTexts);
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ['policies', 'one', id],
    queryFn: ({ signal }) => naru.admin.policies.get(id, { signal }),
  });
  return (
    <QueryPage query={query}>
      {(policy) => (
        <DetailPage
          title={`${words.policy} · ${words.version(formatCount(policy.number))}`}
          lead={policy.note}
          actions={<Verbs policy={policy} />}
          anomaly={
            policy.state === 'DRAFT'
              ? { tone: 'info', title: words.draftNotice, text: words.draftNoticeText }
              : null
          }
          aside={<Facts policy={policy} />}
        >
          <Tabs
            label={words.policy}
            selected={tab}
            onSelect={(chosen) =>
              void navigate({ to: '.', search: chosen === 'rules' ? {} : { tab: chosen } })
            }
            tabs={[
              { id: 'rules', label: words.rules, content: <Rules policy={policy} /> },
              { id: 'diff', label: words.diff, content: <Compared policy={policy} /> },
              { id: 'try', label: words.tryIt, content: <DryRun id={policy.id} /> },
              {
                id: 'json',
                label: words.json,
                content: <JsonView label={words.document} value={policy.document} />,
              },
            ]}
          />
        </DetailPage>
      )}
    </QueryPage>
  );
}

function Verbs({ policy }: { policy: PolicyBody }) {
  const words = useTexts(policyTexts);
  const me = useMe();
  const client = useQueryClient();
  const onDone = () => void client.invalidateQueries({ queryKey: ['policies'] });
  if (!me.can('admin')) return <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>;
  return (
    <>
      <DraftPolicy label={words.draftFrom} from={policy} />
      {policy.state === 'DRAFT' ? (
        <CommandButton
          label={words.activate}
          variant="primary"
          command={{
            title: words.activateTitle(formatCount(policy.number)),
            consequence: words.activateWhat,
            confirmLabel: words.activate,
            reason: 'none',
            run: ({ idempotencyKey }) => naru.admin.policies.activate(policy.id, { idempotencyKey }),
            doneText: words.activated,
            onDone,
          }}
        />
      ) : null}
      {policy.state === 'RETIRED' ? null : (
        <CommandButton
          label={words.retire}
          variant="danger-soft"
          command={{
            title: words.retireTitle,
            consequence: policy.state === 'DRAFT' ? words.discardWhat : words.retireWhat,
            confirmLabel: words.retire,
            tone: 'danger',
            reason: 'none',
            run: ({ idempotencyKey }) => naru.admin.policies.retire(policy.id, { idempotencyKey }),
            doneText: words.retired,
            onDone,
          }}
        />
      )}
    </>
  );
}

function Facts({ policy }: { policy: PolicyBody }) {
  const words = useTexts(policyTexts);
  return (
    <Card title={words.state}>
      <KeyValues
        rows={[
          [
            words.state,
            <StatusChip key="state" tone={policyTones[policy.state]}>
              {words[policy.state]}
            </StatusChip>,
          ],
          [
            words.organisation,
            policy.organisationId === null ? (
              words.everyone
            ) : (
              <ShortId key="organisation" text={policy.organisationId} />
            ),
          ],
          [words.author, <Actor key="author" id={policy.author} />],
          [words.created, <Time key="created" at={policy.createdAt} />],
          [
            words.effective,
            policy.effectiveAt === null ? words.notYet : <Time key="from" at={policy.effectiveAt} />,
          ],
          ...(policy.effectiveAt === null
            ? []
            : [
                [
                  words.ends,
                  policy.endsAt === null ? words.stillOn : <Time key="to" at={policy.endsAt} />,
                ] as const,
              ]),
          ['ID', <ShortId key="id" text={policy.id} />],
        ]}
      />
    </Card>
  );
}

function Rules({ policy }: { policy: PolicyBody }) {
  const words = useTexts(policyTexts);
  const locale = useLocale();
  const sections = tellPolicy(policy.document, words, (minutes) => formatDuration(minutes * 60_000, locale));
  return (
    <Card>
      <div className="flex flex-col gap-4">
        {sections.map((section) => (
          <section key={section.title}>
            <h2 className="text-sm font-semibold">{section.title}</h2>
            <ul className="mt-1 list-disc ps-5 text-sm leading-relaxed">
              {section.sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Card>
  );
}

function Compared({ policy }: { policy: PolicyBody }) {
  const words = useTexts(policyTexts);
  const query = useQuery({
    queryKey: ['policies', 'ACTIVE'],
    queryFn: ({ signal }) => naru.admin.policies.list({ state: 'ACTIVE' }, { signal }),
  });
  if (policy.state === 'ACTIVE') return <EmptyState title={words.isActive}>{words.isActiveHint}</EmptyState>;
  return (
    <QueryView query={query}>
      {(policies) => {
        const active = policies.find((one) => one.organisationId === policy.organisationId);
        if (active === undefined)
          return <EmptyState title={words.nothingActive}>{words.nothingActiveHint}</EmptyState>;
        const differences = compareDocuments(active.document, policy.document);
        if (differences.length === 0) return <EmptyState title={words.noDiff} />;
        return (
          <Card title={words.comparedWith(formatCount(active.number))} isFlush>
            <div className="overflow-x-auto">
              <table className="tabular w-full text-sm">
                <thead>
                  <tr className="text-start text-xs text-muted">
                    <th className="px-4 py-2 text-start">{words.path}</th>
                    <th className="px-4 py-2 text-start">− {words.before}</th>
                    <th className="px-4 py-2 text-start">+ {words.after}</th>
                  </tr>
                </thead>
                <tbody>
                  {differences.map((one) => (
                    <tr key={one.path} className="border-t border-separator">
                      <td className="px-4 py-2 font-mono text-xs">{one.path}</td>
                      <td className="px-4 py-2 text-bad-text">{one.before ?? words.off}</td>
                      <td className="px-4 py-2 text-good-text">{one.after ?? words.off}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </Card>
        );
      }}
    </QueryView>
  );
}
