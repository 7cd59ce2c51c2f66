import { Card } from '@naru/ui/card.tsx';
import { EmptyState } from '@naru/ui/empty-state.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Timeline } from '@naru/ui/timeline.tsx';
import type { SettingBody, SettingWithHistoryBody } from '@naru/wire/setting.ts';
import { useQuery } from '@tanstack/react-query';
import { useParams, useSearch } from '@tanstack/react-router';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { formatAmount } from '../../format/number.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { DetailPage } from '../../primitives/detail-page.tsx';
import { QueryPage } from '../../primitives/query-view.tsx';
import { ReadOnlyNote } from '../../primitives/read-only-note.tsx';
import { Time } from '../../primitives/time.tsx';
import { ChangeSetting, Diff, RevertSetting } from './change-setting.tsx';
import { settingTexts } from './setting.texts.ts';
import { formatSetting, tellSetting } from './setting-words.ts';

/** One setting: what it is, what is in force, and everything that was ever decided about it. */
export function SettingDetailView() {
  const { key } = useParams({ from: '/shell/settings/$key' });
  const { target } = useSearch({ from: '/shell/settings/$key' });
  const words = useTexts(settingTexts);
  const locale = useLocale();
  const me = useMe();
  const query = useQuery({
    queryKey: ['settings', key, target ?? ''],
    queryFn: ({ signal }) => naru.admin.settings.get(key, target ?? '', { signal }),
  });
  return (
    <QueryPage query={query}>
      {(found) => (
        <DetailPage
          title={tellSetting(found.setting, locale).name}
          lead={tellSetting(found.setting, locale).summary}
          actions={
            me.can('admin') ? (
              <ChangeSetting key={found.setting.version} setting={found.setting} />
            ) : (
              <ReadOnlyNote>{words.readOnly}</ReadOnlyNote>
            )
          }
          aside={<Facts setting={found.setting} />}
        >
          <Card title={words.when}>
            <p className="max-w-prose text-sm leading-relaxed">{tellSetting(found.setting, locale).effect}</p>
          </Card>
          <History found={found} canRevert={me.can('admin')} />
        </DetailPage>
      )}
    </QueryPage>
  );
}

function Facts({ setting }: { setting: SettingBody }) {
  const words = useTexts(settingTexts);
  const locale = useLocale();
  const isShipped = setting.version === 0 || setting.current === setting.default;
  return (
    <Card title={words.value}>
      <KeyValues
        rows={[
          [
            words.value,
            <strong key="value" className="tabular text-base">
              {formatSetting(setting.current, setting, locale, words)}
            </strong>,
          ],
          [
            words.source,
            <StatusChip key="source" tone={isShipped ? 'idle' : 'info'}>
              {isShipped ? words.fromDefault : words.fromDecision(String(setting.version))}
            </StatusChip>,
          ],
          [words.shipped, formatSetting(setting.default, setting, locale, words)],
          ...(setting.min === null || setting.max === null
            ? []
            : [
                [
                  words.bounds,
                  words.boundsText(formatAmount(setting.min), formatAmount(setting.max)),
                ] as const,
              ]),
          [words.target, setting.target === '' ? words.installation : setting.target],
          [words.readers, setting.readers.join(', ')],
          [
            'key',
            <code key="key" className="text-xs">
              {setting.key}
            </code>,
          ],
        ]}
      />
    </Card>
  );
}

function History({ found, canRevert }: { found: SettingWithHistoryBody; canRevert: boolean }) {
  const words = useTexts(settingTexts);
  const locale = useLocale();
  const { setting, history } = found;
  const shown = (value: string | null) =>
    value === null
      ? `${formatSetting(setting.default, setting, locale, words)} (${words.shipped})`
      : formatSetting(value, setting, locale, words);
  return (
    <Card title={words.history}>
      {history.length === 0 ? (
        <EmptyState title={words.historyEmpty}>{words.historyHint}</EmptyState>
      ) : (
        <Timeline
          label={words.history}
          entries={history.map((one) => ({
            key: String(one.version),
            tone: one.version === setting.version ? 'good' : 'idle',
            title: `${words.version(String(one.version))}${one.version === setting.version ? ` · ${words.inForce}` : ''}`,
            time: <Time at={one.at} />,
            detail: (
              <div className="flex flex-col items-start gap-2 text-foreground">
                <Diff before={shown(one.previous)} after={shown(one.value)} />
                <p className="text-sm">
                  {one.reason}
                  <span className="block text-xs break-all text-muted">
                    {words.by}: <Actor id={one.actor} />
                  </span>
                </p>
                {canRevert && one.version !== setting.version ? (
                  <RevertSetting setting={setting} toVersion={one.version} toValue={one.value} />
                ) : null}
              </div>
            ),
          }))}
        />
      )}
    </Card>
  );
}
