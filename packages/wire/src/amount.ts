import { z } from 'zod';
import { AMOUNT_LENGTH_MAX } from './text.ts';

const DECIMAL = /^(0|[1-9][0-9]*)(\.[0-9]+)?$/;

/** The shape only: how many decimals there may be, and that it is more than zero, depends on the asset. */
export const amountInput = z
  .string()
  .max(AMOUNT_LENGTH_MAX, 'amount_malformed')
  .regex(DECIMAL, 'amount_malformed')
  .meta({
    description:
      "A positive decimal number as a string, in whole units of the asset, with at most the asset's decimals. No sign, exponent or separators.",
    examples: ['12.5'],
  });

export const amount = z
  .string()
  .regex(DECIMAL)
  .meta({
    description: 'A decimal number as a string, in whole units of the asset. Exact.',
    examples: ['12.5'],
  });
