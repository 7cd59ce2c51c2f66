import { isNaruApiError } from '@naru/sdk/errors.ts';
import { Banner } from '@naru/ui/banner.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { Checkbox } from '@naru/ui/toggle.tsx';
import type { SettingBody } from '@naru/wire/setting.ts';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { naru } from '../../app/client.ts';
import { formatAmount } from '../../format/number.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { CommandButton } from '../../primitives/command-button.tsx';
import { ASKS_MORE } from '../../primitives/command-dialog.tsx';
import { settingTexts } from './setting.texts.ts';
import { formatSetting, tellSetting, unitOf } from './setting-words.ts';

/** Whole, without a sign or separators, and within the bounds. */
function isWithin(value: string, { min, max }: SettingBody): boolean {
  if (!/^(0|[1-9][0-9]{0,77})$/.test(value)) return false;
  return (min === null || BigInt(value) >= BigInt(min)) && (max === null || BigInt(value) <= BigInt(max));
}

/** A change that takes away a protection is refused once, with what it takes away; then it can be ticked. */
function useDanger() {
  const words = useTexts(settingTexts);
  const [isAsked, setAsked] = useState(false);
  const [isTicked, setTicked] = useState(false);
  return {
    isTicked,
    problem: isAsked && !isTicked ? words.dangerNeeded : null,
    reset: () => {
      setAsked(false);
      setTicked(false);
    },
    field: isAsked ? (
      <>
        <Banner tone="warn" title={words.dangerTitle} isAlert>
          {words.dangerText}
        </Banner>
        <Checkbox isSelected={isTicked} onChange={setTicked}>
          {words.dangerous}
        </Checkbox>
      </>
    ) : null,
    run: async (call: (acknowledge: boolean) => Promise<unknown>) => {
      try {
        return await call(isTicked);
      } catch (error) {
        if (!isNaruApiError(error, 'setting_dangerous')) throw error;
        setAsked(true);
        return ASKS_MORE;
      }
    },
  };
}

export function ChangeSetting({ setting }: { setting: SettingBody }) {
  const words = useTexts(settingTexts);
  const locale = useLocale();
  const client = useQueryClient();
  const danger = useDanger();
  const [value, setValue] = useState(setting.current ?? '');
  const [usesDefault, setUsesDefault] = useState(false);
  const bounds = [formatAmount(setting.min ?? ''), formatAmount(setting.max ?? '')] as const;
  const isFine = usesDefault || setting.kind === 'switch' || isWithin(value, setting);
  const isSame = (usesDefault ? setting.default : value) === setting.current;
  const problem = !isFine ? words.outOfBounds(...bounds) : isSame ? words.same : danger.problem;
  return (
    <CommandButton
      label={words.change}
      variant="primary"
      onOpen={() => {
        setValue(setting.current ?? '');
        setUsesDefault(false);
        danger.reset();
      }}
      command={{
        title: words.changeTitle(tellSetting(setting, locale).name),
        consequence: (
          <>
            <p>{tellSetting(setting, locale).effect}</p>
            <p className="mt-2 text-muted">{words.changeWhat}</p>
          </>
        ),
        confirmLabel: words.change,
        reason: 'required',
        fields: (
          <>
            {setting.kind === 'switch' ? (
              <Select
                label={words.newValue}
                value={value === 'true' ? 'true' : 'false'}
                isDisabled={usesDefault}
                choices={[
                  { value: 'true', label: words.on },
                  { value: 'false', label: words.off },
                ]}
                onChange={setValue}
              />
            ) : (
              <TextField
                label={words.newValue}
                inputMode="numeric"
                value={value}
                onChange={setValue}
                hint={words.boundsHint(...bounds, unitOf(setting, locale))}
                error={isFine ? null : words.outOfBounds(...bounds)}
                isDisabled={usesDefault}
                isRequired
                isMono
              />
            )}
            <Checkbox isSelected={usesDefault} onChange={setUsesDefault}>
              {words.useShipped(formatSetting(setting.default, setting, locale, words))}
            </Checkbox>
            <Diff
              before={formatSetting(setting.current, setting, locale, words)}
              after={
                isFine ? formatSetting(usesDefault ? setting.default : value, setting, locale, words) : '—'
              }
            />
            {isFine && isSame ? <p className="text-sm text-muted">{words.same}</p> : null}
            {danger.field}
          </>
        ),
        fieldProblem: problem,
        run: ({ reason, idempotencyKey }) =>
          danger.run((acknowledge) =>
            naru.admin.settings.change(
              setting.key,
              {
                target: setting.target,
                seenVersion: setting.version,
                value: usesDefault ? null : value,
                acknowledge,
                reason,
              },
              { idempotencyKey },
            ),
          ),
        doneText: words.changed,
        onDone: () => void client.invalidateQueries({ queryKey: ['settings'] }),
      }}
    />
  );
}

/** Back to the value of a version; 0: the default. */
export function RevertSetting(props: { setting: SettingBody; toVersion: number; toValue: string | null }) {
  const { setting, toVersion, toValue } = props;
  const words = useTexts(settingTexts);
  const locale = useLocale();
  const client = useQueryClient();
  const danger = useDanger();
  return (
    <CommandButton
      label={words.revert}
      name={`${words.revert}: ${words.version(String(toVersion))}`}
      variant="ghost"
      onOpen={danger.reset}
      command={{
        title: toVersion === 0 ? words.revertShippedTitle : words.revertTitle(String(toVersion)),
        consequence: (
          <>
            <p>{tellSetting(setting, locale).effect}</p>
            <p className="mt-2 text-muted">{words.changeWhat}</p>
          </>
        ),
        confirmLabel: words.revert,
        reason: 'required',
        fields: (
          <>
            <Diff
              before={formatSetting(setting.current, setting, locale, words)}
              after={formatSetting(toValue ?? setting.default, setting, locale, words)}
            />
            {danger.field}
          </>
        ),
        fieldProblem: danger.problem,
        run: ({ reason, idempotencyKey }) =>
          danger.run((acknowledge) =>
            naru.admin.settings.revert(
              setting.key,
              { target: setting.target, seenVersion: setting.version, toVersion, acknowledge, reason },
              { idempotencyKey },
            ),
          ),
        doneText: words.reverted,
        onDone: () => void client.invalidateQueries({ queryKey: ['settings'] }),
      }}
    />
  );
}

/** Before and after, in words as well as in colour. */
export function Diff({ before, after }: { before: ReactNode; after: ReactNode }) {
  const words = useTexts(settingTexts);
  return (
    <dl className="tabular grid grid-cols-[max-content_1fr] gap-x-3 gap-y-1 rounded-md bg-surface-secondary px-3 py-2 text-sm">
      <dt className="text-muted">− {words.before}</dt>
      <dd className="text-bad-text">{before}</dd>
      <dt className="text-muted">+ {words.after}</dt>
      <dd className="text-good-text">{after}</dd>
    </dl>
  );
}
