import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { WithdrawalStateName } from '@naru/wire/withdrawal.ts';
import { useTexts } from '../i18n/locale.ts';
import { withdrawalStateTexts, withdrawalTones } from '../i18n/withdrawal-states.ts';

/** Where a withdrawal stands: the same word and mark in every view. */
export function WithdrawalState({ state }: { state: WithdrawalStateName }) {
  const words = useTexts(withdrawalStateTexts);
  return <StatusChip tone={withdrawalTones[state]}>{words[state]}</StatusChip>;
}
