import { isNaruApiError } from '@naru/sdk/errors.ts';

/** Refusals after which no page can go on before the person has done something: they are handled at the root. */
export function isRefusedForNow(error: unknown): boolean {
  return isNaruApiError(error, 'unauthenticated') || isNaruApiError(error, 'second_factor_required');
}

/** Where somebody signs in, to come back to where they wanted to be. */
export function signInAddress(back: string): string {
  return `/sign-in?back=${encodeURIComponent(back)}`;
}
