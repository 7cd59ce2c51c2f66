import type { SignedIn } from '@naru/core/person/person.ts';
import type { ProblemCode } from '@naru/wire/problem-catalogue.ts';
import { STEP_UP_MS_MAX } from '@naru/wire/role.ts';
import type { RouteFacts } from '../http/define-route.ts';

type Asked = Pick<RouteFacts, 'method' | 'audit' | 'idempotency' | 'scope' | 'stepUp'>;

/** Whether a person proves a second factor just before this call: wherever it moves money or changes a rule. */
export function needsStepUp({ method, audit, idempotency, stepUp }: Asked): boolean {
  return method !== 'GET' && stepUp !== false && (audit !== null || idempotency === 'required');
}

/** What keeps a person who is signed in from this call, whatever their role; null: nothing. */
export function standingProblem(
  route: Asked,
  { secondFactor, provenAt }: Pick<SignedIn, 'secondFactor' | 'provenAt'>,
  now: Date,
): Extract<ProblemCode, 'second_factor_required' | 'step_up_required'> | null {
  // Who one is may be asked by everybody: it is how a console learns what is missing.
  if (route.scope === 'any') return null;
  if (provenAt === null || !(secondFactor.totp || secondFactor.passkey)) return 'second_factor_required';
  if (needsStepUp(route) && now.getTime() - provenAt.getTime() > STEP_UP_MS_MAX) return 'step_up_required';
  return null;
}
