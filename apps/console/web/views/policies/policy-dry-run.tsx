import { Button } from '@naru/ui/button.tsx';
import { Card } from '@naru/ui/card.tsx';
import { Select } from '@naru/ui/select.tsx';
import { Stat } from '@naru/ui/stat.tsx';
import type { PolicyDryRunBody } from '@naru/wire/policy.ts';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatCount } from '../../format/number.ts';
import { formatTime } from '../../format/time.ts';
import { useTexts } from '../../i18n/locale.ts';
import { QueryView } from '../../primitives/query-view.tsx';
import { policyTexts } from './policy.texts.ts';

const dayChoices = ['1', '7', '30', '90'] as const;

/** What a version would have said of past withdrawals. */
export function DryRun({ id }: { id: string }) {
  const words = useTexts(policyTexts);
  const [days, setDays] = useState<(typeof dayChoices)[number]>('7');
  const [asked, setAsked] = useState<number | null>(null);
  const query = useQuery({
    queryKey: ['policies', 'dry-run', id, asked],
    queryFn: ({ signal }) => naru.admin.policies.dryRun(id, { days: asked ?? 7 }, { signal }),
    enabled: asked !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="flex flex-col gap-4">
      <Card>
        <p className="mb-3 max-w-prose text-sm">{words.tryHint}</p>
        <div className="flex flex-wrap items-end gap-2">
          <Select
            label={words.days}
            value={days}
            choices={dayChoices.map((value) => ({ value, label: words.daysChoice(value) }))}
            onChange={setDays}
            className="w-40"
          />
          <Button
            variant="primary"
            isPending={query.isFetching}
            onPress={() => {
              if (asked === Number(days)) void query.refetch();
              else setAsked(Number(days));
            }}
          >
            {asked === null ? words.run : words.runAgain}
          </Button>
        </div>
      </Card>
      {asked === null ? null : <QueryView query={query}>{(report) => <Report report={report} />}</QueryView>}
    </div>
  );
}

function Report({ report }: { report: PolicyDryRunBody }) {
  const words = useTexts(policyTexts);
  const notes = [
    ...(report.isCut ? [words.cut] : []),
    ...(report.notScreened > 0 ? [words.notScreened(formatCount(report.notScreened))] : []),
    ...(report.valuedNow > 0 ? [words.valuedNow(formatCount(report.valuedNow))] : []),
  ];
  return (
    <>
      <Card>
        <p className="tabular mb-3 text-xs text-muted">
          {formatTime(report.from)} – {formatTime(report.to)} KST
        </p>
        <dl className="grid grid-cols-2 gap-4 md:grid-cols-4">
          <Stat label={words.total} value={formatCount(report.total)} />
          <Stat label={words.allow} value={formatCount(report.verdicts.ALLOW)} tone="good" />
          <Stat label={words.review} value={formatCount(report.verdicts.REVIEW)} tone="warn" />
          <Stat label={words.deny} value={formatCount(report.verdicts.DENY)} tone="bad" />
        </dl>
        {notes.length === 0 ? null : (
          <ul className="mt-3 list-disc ps-5 text-sm text-muted">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </Card>
      <Card title={words.changes}>
        {report.changes.length === 0 ? <p className="text-sm">{words.noChanges}</p> : null}
        <ul className="flex flex-col gap-4">
          {report.changes.map((change) => (
            <li key={`${change.happened} ${change.verdict}`} className="text-sm">
              <p className="font-medium">
                {words.changeText(
                  words[`${change.happened}_verdict`],
                  words[`${change.verdict}_verdict`],
                  formatCount(change.count),
                )}
              </p>
              <ul className="mt-1 flex flex-col gap-1" aria-label={words.examples}>
                {change.examples.map((example) => (
                  <li key={example.withdrawalId}>
                    <Link
                      to={`/withdrawals/${example.withdrawalId}` as '.'}
                      className="font-mono text-xs text-link underline"
                    >
                      {example.withdrawalId}
                    </Link>{' '}
                    {words.score(String(example.score))}
                    {example.reasons.map((reason) => ` · ${reason.text}`).join('')}
                  </li>
                ))}
              </ul>
            </li>
          ))}
        </ul>
      </Card>
      {report.reasons.length === 0 ? null : (
        <Card title={words.reasons}>
          <ul className="flex flex-col gap-1 text-sm">
            {report.reasons.map((reason) => (
              <li key={reason.code} className="flex justify-between gap-4">
                <code className="text-xs">{reason.code}</code>
                <span className="tabular">{formatCount(reason.count)}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
