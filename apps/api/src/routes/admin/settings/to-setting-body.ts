import type { SettingValue, SettingVersion, SettingView } from '@naru/core/setting/setting.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { SettingBody, SettingVersionBody } from '@naru/wire/setting.ts';

export function toSettingBody(view: SettingView): SettingBody {
  const { changed } = view;
  return {
    ...view,
    readers: [...view.readers],
    min: textOf(view.min),
    max: textOf(view.max),
    default: textOf(view.default),
    current: textOf(view.current),
    changed:
      changed === null
        ? null
        : { actor: toActor(changed.actor), reason: changed.reason, at: changed.at.toISOString() },
  };
}

export function toVersionBody(version: SettingVersion): SettingVersionBody {
  const { key, target, reason, at } = version;
  return {
    key,
    target,
    version: version.version,
    value: textOf(version.value),
    previous: textOf(version.previous),
    actor: toActor(version.actor),
    reason,
    at: at.toISOString(),
  };
}

function textOf(value: SettingValue | null): string | null {
  return value === null ? null : String(value);
}

/** `api_key:<uuid>` as its key is named everywhere else. */
export function toActor(actor: string): string {
  const uuid = /^api_key:([0-9a-f-]{36})$/.exec(actor)?.[1];
  return uuid === undefined ? actor : `api_key:${toPublicId('apiKey', uuid)}`;
}
