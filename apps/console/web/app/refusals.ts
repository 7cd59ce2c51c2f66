import { isNaruApiError } from '@naru/sdk/errors.ts';

/** Refusals after which no page can go on before the person has done something: they are handled at the root. */
export function isRefusedForNow(error: unknown): boolean {
  return isNaruApiError(error, 'unauthenticated') || isNaruApiError(error, 'second_factor_required');
}
