import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { runCommand } from '../command/run-command.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import type { FieldProblem, Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { applyToAsset, applyToChain } from './apply-settings.ts';
import { type Located, locateAll, toView } from './read-settings.ts';
import { REASON_LENGTH_MAX } from './setting.limits.ts';
import {
  findVersion,
  findVersionById,
  type InForce,
  insertVersion,
  lockSettings,
  readInForce,
} from './setting.store.ts';
import type { SettingValue, SettingVersion, SettingView } from './setting.ts';

export type SettingChange = {
  key: string;
  /** '' of the installation, else the id of a chain or asset. */
  target: string;
  /** A value as text, null for what ships; or the version whose value comes back, 0 for what ships. */
  to: { value: string | null } | { version: number };
  /** The version that whoever decides has seen; 0: nobody had decided. Another one in force is a conflict. Null: any. */
  seenVersion: number | null;
  /** Said of a change that is dangerous. */
  acknowledged: boolean;
  reason: string;
};

type Deps = { db: Database; invalidations?: Invalidations | undefined };

/** By a person at the command line: once, as it is said. */
export async function changeSetting(
  deps: Deps,
  change: SettingChange,
  audit: AuditContext,
): Promise<SettingVersion | Refusal> {
  const id = newUuid();
  const refusal = await withTransaction(deps.db, (tx) => decide(tx, id, change, audit));
  if (refusal !== null) return refusal;
  deps.invalidations?.publish('catalogue');
  const made = await findVersionById(deps.db, id);
  if (made === null) throw new Error(`version ${id} of setting ${change.key} is not there`);
  return made;
}

/** By a caller of the API: with a key, whose repeat is answered as the first call was. */
export async function requestSettingChange(
  deps: Deps,
  caller: Caller,
  idempotencyKey: string,
  change: SettingChange,
  from: { origin: string | null; requestId: string | null },
): Promise<CommandResult<SettingVersion>> {
  const audit = { actor: `api_key:${caller.apiKeyId}`, reason: change.reason, ...from };
  const result = await runCommand(
    deps,
    { organisationId: caller.organisationId, idempotencyKey, command: 'change-setting', input: change },
    {
      work: (tx, id) => decide(tx, id, change, audit),
      read: (id) => findVersionById(deps.db, id),
    },
  );
  if (result.kind === 'done') deps.invalidations?.publish('catalogue');
  return result;
}

/** Under the lock: what is looked at is what is changed. Refuses before anything is written. */
async function decide(
  tx: Tx,
  id: string,
  change: SettingChange,
  audit: AuditContext,
): Promise<Refusal | null> {
  await lockSettings(tx);
  const { key, target, seenVersion } = change;
  const reason = change.reason.trim();
  if (reason === '' || reason.length > REASON_LENGTH_MAX)
    return invalid('/reason', reason === '' ? 'too_short' : 'too_long', 'Say why, in up to 500 characters.');
  const all = await locateAll(tx);
  const located = all.find((one) => one.definition.key === key && one.target === target);
  if (located === undefined) return notFound(all, change);
  const inForce = await readInForce(tx);
  const last = inForce.find((one) => one.key === key && one.target === target);
  const view = toView(located, last);
  const wanted = await readWanted(tx, located, change);
  if ('refusal' in wanted) return wanted.refusal;
  const { value } = wanted;
  if (seenVersion !== null && view.version !== seenVersion) return changedMeanwhile(view, seenVersion, value);
  const wrong = checkValue(view, value) ?? checkTogether(located, inForce, value ?? view.default);
  if (wrong !== null) return wrong;
  const danger = located.definition.danger(view.current, value ?? view.default);
  if (danger !== null && !change.acknowledged)
    return {
      code: 'setting_dangerous',
      message: `${nameOf(view)}: ${danger}. Nothing was changed: acknowledge it to change it all the same.`,
      retryable: false,
    };
  await setAuditContext(tx, { ...audit, reason });
  await insertVersion(tx, {
    id,
    key,
    target,
    version: view.version + 1,
    value,
    previous: last?.value ?? null,
    actor: audit.actor,
    reason,
  });
  return null;
}

async function readWanted(
  tx: Tx,
  located: Located,
  { key, target, to }: SettingChange,
): Promise<{ value: SettingValue | null } | { refusal: Refusal }> {
  if ('version' in to) {
    if (to.version === 0) return { value: null };
    const found = await findVersion(tx, { key, target, version: to.version });
    if (found !== null) return { value: found.value };
    return { refusal: invalid('/version', 'version_unknown', `${key} has no version ${to.version}.`) };
  }
  if (to.value === null) return { value: null };
  const value = parseValue(located.definition.kind, to.value);
  if (value !== null) return { value };
  const wanted =
    located.definition.kind === 'switch' ? 'true or false' : `a whole number of ${located.definition.unit}`;
  return { refusal: invalid('/value', 'setting_malformed', `The value must be ${wanted}, in digits.`) };
}

/** `10000`, `true`: digits without sign, separator or exponent. */
export function parseValue(kind: 'number' | 'switch', text: string): SettingValue | null {
  if (kind === 'switch') return text === 'true' ? true : text === 'false' ? false : null;
  return /^(0|[1-9][0-9]{0,77})$/.test(text) ? BigInt(text) : null;
}

function checkValue(view: SettingView, value: SettingValue | null): Refusal | null {
  const { min, max } = view;
  if (typeof value !== 'bigint' || min === null || max === null || (value >= min && value <= max))
    return null;
  return invalid(
    '/value',
    'setting_out_of_bounds',
    `${nameOf(view)} may be from ${min} to ${max} ${view.unit}; ${value} is not. It stays ${textOf(view.current)}.`,
  );
}

/** Values that are right alone and wrong together. */
function checkTogether(
  located: Located,
  inForce: readonly InForce[],
  value: SettingValue | null,
): Refusal | null {
  if (value === null) return null;
  const others = inForce.filter((one) => one.key !== located.definition.key || one.target !== located.target);
  switch (located.of) {
    case 'installation':
      return null;
    case 'chain': {
      const chain = located.definition.write(applyToChain(located.base, others), value);
      const { unknownRetryBaseMs, unknownRetryMsMax } = chain.operation;
      if (unknownRetryBaseMs > unknownRetryMsMax)
        return inconsistent(
          `The first wait (${unknownRetryBaseMs} ms) would be longer than the longest (${unknownRetryMsMax} ms).`,
        );
      if (chain.tipPerGasWeiMin > chain.feePerGasWeiMax)
        return inconsistent(
          `The least tip (${chain.tipPerGasWeiMin} wei) would be above the fee ceiling (${chain.feePerGasWeiMax} wei).`,
        );
      return null;
    }
    case 'asset': {
      const asset = located.definition.write(applyToAsset(located.base, others), value);
      if (asset.maximum === null || asset.minimum <= asset.maximum) return null;
      return inconsistent(
        `The smallest withdrawal (${asset.minimum}) would be larger than the largest (${asset.maximum}).`,
      );
    }
  }
}

function inconsistent(message: string): Refusal {
  return invalid('/value', 'setting_inconsistent', message);
}

function invalid(pointer: string, code: string, message: string): Refusal {
  const errors: FieldProblem[] = [{ pointer, code, message }];
  return { code: 'validation_failed', message, retryable: false, errors };
}

function changedMeanwhile(view: SettingView, seen: number, wanted: SettingValue | null): Refusal {
  const by = view.changed === null ? '' : ` by ${view.changed.actor} (“${view.changed.reason}”)`;
  const message =
    `${nameOf(view)} was changed in between${by}: version ${view.version} is in force with ${textOf(view.current)}, ` +
    `and you decided on version ${seen} for ${wanted === null ? 'what ships' : textOf(wanted)}. Nothing was changed.`;
  return {
    code: 'setting_changed',
    message,
    retryable: false,
    errors: [
      {
        pointer: '/seenVersion',
        code: 'version_outdated',
        message: `Version ${view.version} is in force: ${textOf(view.current)}.`,
      },
    ],
  };
}

function notFound(all: readonly Located[], { key, target }: SettingChange): Refusal {
  const targets = all.filter((one) => one.definition.key === key).map((one) => one.target);
  const message =
    targets.length === 0
      ? `There is no setting "${key}".`
      : targets[0] === ''
        ? `${key} is of the whole installation, and has no target.`
        : `${key} has no target "${target}"; there are: ${targets.join(', ')}.`;
  return { code: 'setting_not_found', message, retryable: false };
}

function nameOf({ key, target }: { key: string; target: string }): string {
  return target === '' ? key : `${key} of ${target}`;
}

function textOf(value: SettingValue | null): string {
  return value === null ? 'none' : String(value);
}
