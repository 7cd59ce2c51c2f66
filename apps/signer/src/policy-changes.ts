import type { Policy, SpendLimits, WindowLimits } from './policy.ts';

/**
 * A policy as a flat list, path → value: a number is a ceiling, a role or `allowed` a permission. Two lists tell what a
 * change lifts and what it lowers; the journal keeps the list, so that this can be told across restarts.
 */
export type PolicyLimits = Readonly<Record<string, string>>;
export type PolicyChanges = { lifted: string[]; lowered: string[] };

const ALLOWED = 'allowed';
const OTHER_ACCOUNTS = 'accounts/other';
/** Each may do more than the one before it. */
const ROLE_RANK: readonly string[] = ['REFUSE', 'GAS', 'MAIN', 'PAYOUT'];

export function limitsOf(policy: Policy): PolicyLimits {
  const limits: Record<string, string> = {};
  const ceilings = (path: string, named: Partial<WindowLimits & SpendLimits>) => {
    for (const name of CEILINGS) {
      const value = named[name];
      if (value !== undefined && value !== null) limits[`${path}/${name}`] = String(value);
    }
  };
  limits[OTHER_ACCOUNTS] = policy.otherAccounts ?? 'REFUSE';
  for (const address of policy.ownAddresses) limits[`ownAddresses/${address}`] = ALLOWED;
  for (const [address, rule] of policy.accounts) {
    limits[`accounts/${address}`] = rule.role;
    for (const [key, own] of rule.limits) ceilings(`accounts/${address}/limits/${key}`, own);
  }
  for (const [chainId, chain] of policy.chains) {
    const at = `chains/${chainId}`;
    limits[at] = ALLOWED;
    limits[`${at}/gasPerTransactionMax`] = String(chain.gasPerTransactionMax);
    limits[`${at}/feePerGasWeiMax`] = String(chain.feePerGasWeiMax);
    for (const [name, value] of Object.entries(chain.gasMoney ?? {}))
      limits[`${at}/gasMoney/${name}`] = String(value);
    for (const contract of chain.payoutContracts) limits[`${at}/payoutContracts/${contract}`] = ALLOWED;
    for (const factory of chain.depositFactories) limits[`${at}/depositFactories/${factory}`] = ALLOWED;
    for (const safe of chain.safes) limits[`${at}/safes/${safe}`] = ALLOWED;
    for (const name of chain.functions) limits[`${at}/functions/${name}`] = ALLOWED;
    for (const [token, tokenLimits] of chain.tokens) {
      const tokenAt = `${at}/tokens/${token ?? 'native'}`;
      limits[tokenAt] = ALLOWED;
      ceilings(tokenAt, tokenLimits);
      ceilings(`${tokenAt}/perAccount`, tokenLimits.perAccount ?? {});
    }
  }
  return limits;
}

const CEILINGS = ['perItemMax', 'perTransactionMax', 'perHourMax', 'perDayMax', 'itemsPerHourMax'] as const;

/** What a thief could do after the change and not before it, and the other way round. One line for each. */
export function compareLimits(before: PolicyLimits, after: PolicyLimits): PolicyChanges {
  const lifted: string[] = [];
  const lowered: string[] = [];
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  for (const path of paths) {
    const [was, is] = [before[path], after[path]];
    if (was === is) continue;
    const line = `${path}: ${was ?? 'none'} → ${is ?? 'none'}`;
    (isLifted(path, before, after) ? lifted : lowered).push(line);
  }
  return { lifted, lowered };
}

function isLifted(path: string, before: PolicyLimits, after: PolicyLimits): boolean {
  const [was, is] = [before[path], after[path]];
  const sample = was ?? is ?? '';
  if (sample === ALLOWED) return is === ALLOWED;
  if (ROLE_RANK.includes(sample)) return rankOf(path, after) > rankOf(path, before);
  // A ceiling. Gone, it lifts while what it bounded is still allowed; new, it lowers what was allowed without it.
  if (is === undefined) return isPermitted(path, after);
  if (was === undefined) return !isPermitted(path, before);
  return BigInt(is) > BigInt(was);
}

function rankOf(path: string, limits: PolicyLimits): number {
  return ROLE_RANK.indexOf(limits[path] ?? limits[OTHER_ACCOUNTS] ?? 'REFUSE');
}

/** Whether what stands above a ceiling is allowed at all. */
function isPermitted(path: string, limits: PolicyLimits): boolean {
  const parts = path.split('/');
  if (parts[0] === 'accounts') return rankOf(parts.slice(0, 2).join('/'), limits) > 0;
  const depth = parts[2] === 'tokens' ? 4 : 2;
  return limits[parts.slice(0, depth).join('/')] === ALLOWED;
}
