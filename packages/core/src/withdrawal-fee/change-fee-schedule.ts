import type { Database, Tx } from '@naru/db/database.ts';
import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { organisationExists } from '../access/access.store.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import type { Asset, Catalogue } from '../chain/chain.ts';
import { runCommand } from '../command/run-command.ts';
import { readPairs } from '../exchange-rate/exchange-rate.store.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import { REASON_LENGTH_MAX } from '../setting/setting.limits.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import { AMOUNT_MAX } from '../withdrawal/withdrawal.limits.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { coinWorthOf } from './coin-worth.ts';
import {
  findSchedule,
  hasRoomForOwn,
  insertSchedule,
  listSchedules,
  lockSchedules,
} from './fee-schedule.store.ts';
import { BASIS_POINTS_MAX, GAS_PERCENT_MAX } from './withdrawal-fee.limits.ts';
import type { FeeSchedule, FeeTerms } from './withdrawal-fee.ts';

export type FeeChange = {
  assetId: string;
  organisationId: string | null;
  /** Null: an organisation has again what everybody has; of everybody, nothing is charged. */
  terms: FeeTerms | null;
  /** The version that whoever decides has seen, 0 for none; null: any. */
  seenVersion: number | null;
  reason: string;
};

type Deps = { db: Database; invalidations?: Invalidations | undefined };

/** By a person at the command line. In force from the next request on; what was accepted keeps its fee. */
export async function changeFeeSchedule(
  deps: Deps,
  change: FeeChange,
  audit: AuditContext,
): Promise<FeeSchedule | Refusal> {
  const id = newUuid();
  const refusal = await withTransaction(deps.db, (tx) => decide(tx, id, change, audit));
  if (refusal !== null) return refusal;
  deps.invalidations?.publish('catalogue');
  const made = await findSchedule(deps.db, id);
  if (made === null) throw new Error(`fee schedule ${id} is not there`);
  return made;
}

/** By a caller of the API, with a key. */
export async function requestFeeChange(
  deps: Deps,
  caller: Caller,
  idempotencyKey: string,
  change: FeeChange,
  from: { origin: string | null; requestId: string | null },
): Promise<CommandResult<FeeSchedule>> {
  const audit = { actor: `api_key:${caller.apiKeyId}`, reason: change.reason, ...from };
  const input = JSON.stringify(change, (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
  const result = await runCommand(
    deps,
    { organisationId: caller.organisationId, idempotencyKey, command: 'change-fee-schedule', input },
    {
      work: (tx, id) => decide(tx, id, change, audit),
      read: (id) => findSchedule(deps.db, id),
    },
  );
  if (result.kind === 'done') deps.invalidations?.publish('catalogue');
  return result;
}

async function decide(tx: Tx, id: string, change: FeeChange, audit: AuditContext): Promise<Refusal | null> {
  await lockSchedules(tx);
  const { assetId, organisationId, terms, seenVersion } = change;
  const reason = change.reason.trim();
  if (reason === '' || reason.length > REASON_LENGTH_MAX)
    return invalid('/reason', reason === '' ? 'too_short' : 'too_long', 'Say why, in up to 500 characters.');
  const catalogue = await readCatalogue(tx);
  const asset = catalogue.assets.get(assetId);
  if (asset === undefined) return refusal('asset_not_supported', `There is no asset ${assetId}.`);
  if (organisationId !== null && !(await organisationExists(tx, organisationId)))
    return refusal('organisation_not_found', 'There is no such organisation.');
  const [last] = await listSchedules(tx, { assetId, organisationId });
  const version = last?.version ?? 0;
  if (seenVersion !== null && seenVersion !== version) return changedMeanwhile(change, last);
  const wrong = terms === null ? null : checkTerms(terms);
  if (wrong !== null) return wrong;
  if (terms !== null && terms.gasPercent > 0 && asset.address !== null) {
    const worth = coinWorthOf(await readPairs(tx), catalogue, asset, new Date());
    if (worth.kind === 'unknown') return rateMissing(catalogue, asset, worth.why);
  }
  if (organisationId !== null && last === undefined && !(await hasRoomForOwn(tx, assetId)))
    return refusal('limit_exceeded', `As many organisations as may have fees of their own for ${assetId}.`);
  await setAuditContext(tx, { ...audit, reason });
  await insertSchedule(tx, {
    id,
    assetId,
    organisationId,
    version: version + 1,
    ended: terms === null,
    ...(terms ?? { flat: 0n, basisPoints: 0, gasPercent: 0, feeMin: 0n, feeMax: null }),
    actor: audit.actor,
    reason,
  });
  return null;
}

/** What would be refused at each withdrawal is refused here, where somebody can do something about it. */
function rateMissing({ chains }: Catalogue, { id, chainId, code }: Asset, why: string): Refusal {
  const coin = chains.get(chainId)?.nativeSymbol ?? 'the coin';
  return invalid(
    '/gasPercent',
    'rate_missing',
    `What ${coin} of ${chainId} is worth in ${code} is not known: ${why}. Give both a source (naru rates source), or fix it by fees.units_per_coin of ${id}.`,
  );
}

function checkTerms({ flat, basisPoints, gasPercent, feeMin, feeMax }: FeeTerms): Refusal | null {
  const out = (pointer: string, message: string) => invalid(pointer, 'fee_out_of_bounds', message);
  if (flat < 0n || flat > AMOUNT_MAX)
    return out('/flat', 'The flat part is larger than can be paid at once.');
  if (!Number.isInteger(basisPoints) || basisPoints < 0 || basisPoints > BASIS_POINTS_MAX)
    return out('/basisPoints', `From 0 to ${BASIS_POINTS_MAX}, in hundredths of a percent.`);
  if (!Number.isInteger(gasPercent) || gasPercent < 0 || gasPercent > GAS_PERCENT_MAX)
    return out('/gasPercent', `From 0 to ${GAS_PERCENT_MAX}, in percent of the gas of one payment.`);
  if (feeMin < 0n || feeMin > AMOUNT_MAX) return out('/minimum', 'The smallest fee cannot be paid at once.');
  if (feeMax !== null && feeMax < feeMin) return out('/maximum', 'The largest fee is below the smallest.');
  return null;
}

function changedMeanwhile(change: FeeChange, last: FeeSchedule | undefined): Refusal {
  const by =
    last === undefined
      ? 'nobody has decided'
      : `version ${last.version} is in force, by ${last.actor} (“${last.reason}”)`;
  return {
    code: 'setting_changed',
    message: `The fees of ${change.assetId} were changed in between: ${by}, and you decided on version ${change.seenVersion}. Nothing was changed.`,
    retryable: false,
    errors: [
      {
        pointer: '/seenVersion',
        code: 'version_outdated',
        message: `Version ${last?.version ?? 0} is in force.`,
      },
    ],
  };
}

function refusal(code: Refusal['code'], message: string): Refusal {
  return { code, message, retryable: false };
}

function invalid(pointer: string, code: string, message: string): Refusal {
  return { ...refusal('validation_failed', message), errors: [{ pointer, code, message }] };
}
