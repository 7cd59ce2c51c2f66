import type { Hex } from '@naru/kit/hex.ts';
import type { ScreeningSourceName } from '@naru/wire/policy-document.ts';

/** What a source says of an address. `category` weighs in the risk score, listed or not: `mixer`, `exchange`, … */
export type ScreeningAnswer = { listed: boolean; category: string | null; detail: string };

/**
 * A source of screening. Throws when it cannot be asked, or answers something that cannot be believed: silence is never
 * taken for a clear address. One answer for each address, in their order.
 */
export type ScreeningSource = {
  check(chainId: string, addresses: readonly Hex[]): Promise<ScreeningAnswer[]>;
};

/** The sources that a process has. One that a policy asks for and nobody has never answers. */
export type ScreeningPort = Readonly<Partial<Record<ScreeningSourceName, ScreeningSource>>>;
