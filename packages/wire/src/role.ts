/** What an API key or a person may do, one by one. Only `admin` includes others: see `mayCall`. */
export const scopes = [
  'withdrawals:read',
  'withdrawals:write',
  'approvals:read',
  'approvals:write',
  'deposits:read',
  'deposits:write',
  'webhooks:read',
  'webhooks:write',
  'address-book:write',
  'operations:read',
  'operations:write',
  'people:read',
  'people:write',
  'keys:read',
  'keys:write',
  'audit:read',
  'admin',
] as const;
export type Scope = (typeof scopes)[number];

/** What a person is in an organisation. */
export const roles = ['viewer', 'operator', 'approver', 'admin', 'auditor'] as const;
export type Role = (typeof roles)[number];

const READS = [
  'withdrawals:read',
  'approvals:read',
  'deposits:read',
  'webhooks:read',
  'operations:read',
] as const satisfies readonly Scope[];

/**
 * Who may do what. Nobody both works and decides: an operator asks and repairs, an approver lets money go, an
 * administrator sets rules and people.
 */
export const scopesOfRole = {
  viewer: READS,
  operator: [
    ...READS,
    'withdrawals:write',
    'operations:write',
    'deposits:write',
    'webhooks:write',
    'address-book:write',
  ],
  approver: [...READS, 'approvals:write'],
  admin: [
    ...READS,
    'admin',
    'operations:write',
    'webhooks:write',
    'address-book:write',
    'people:read',
    'people:write',
    'keys:read',
    'keys:write',
    'audit:read',
  ],
  auditor: [...READS, 'audit:read'],
} as const satisfies Record<Role, readonly Scope[]>;

/** Scopes that come with another one, so that keys made before these were split go on working. */
const INCLUDED: Readonly<Record<string, readonly Scope[]>> = {
  admin: ['operations:read', 'operations:write'],
};

/** Whether somebody with these scopes may make a call that asks for `scope`. */
export function mayCall(held: readonly string[], scope: Scope): boolean {
  return held.includes(scope) || held.some((one) => INCLUDED[one]?.includes(scope) === true);
}

/**
 * How long a second factor counts for calls that move money or change rules. Long enough to work through a queue, short
 * enough that a screen left open decides nothing.
 */
export const STEP_UP_MS_MAX = 5 * 60_000;

/** What an administrator may put into an API key: all but a vote, which only who runs the installation can give a program. */
const GRANTABLE: readonly string[] = scopes.filter((scope) => scope !== 'approvals:write');

/** Whether somebody may give a key these scopes: an administrator nearly all, a program what it has itself. */
export function mayGrantScopes(
  giver: { role: Role | null; scopes: readonly string[] },
  given: readonly Scope[],
): boolean {
  if (giver.role === 'admin') return given.every((scope) => GRANTABLE.includes(scope));
  return (
    giver.role === null && given.every((scope) => mayCall(giver.scopes, scope) && GRANTABLE.includes(scope))
  );
}

/** Whether somebody may make another a member with this role, or change theirs to it. */
export function mayGrantRole(giver: { role: Role | null; scopes: readonly string[] }, given: Role): boolean {
  if (giver.role === 'admin') return true;
  return giver.role === null && scopesOfRole[given].every((scope) => mayCall(giver.scopes, scope));
}
