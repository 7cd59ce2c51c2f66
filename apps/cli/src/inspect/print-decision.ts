import type { Decision } from '@naru/core/policy/policy.ts';
import type { WithdrawalState } from '@naru/core/withdrawal/withdrawal.machine.ts';
import { plural, showText, showTime } from '../format.ts';
import { type Output, wrapText } from '../output.ts';

/** What the rules said of a withdrawal, and why; or that there were none. */
export function printDecision(output: Output, decision: Decision | null, state: WithdrawalState): void {
  const { colours } = output;
  output.line();
  if (decision === null) {
    const why =
      state === 'PENDING'
        ? 'not judged yet: it has not been taken up'
        : 'none: no policy governed it when it was accepted';
    output.line(`${colours.bold('Rules')}  ${colours.dim(why)}`);
    return;
  }
  const { verdict, score, policyNumber, decidedAt, approvalsRequired } = decision;
  const shown =
    verdict === 'ALLOW'
      ? colours.green(verdict)
      : verdict === 'DENY'
        ? colours.red(verdict)
        : colours.yellow(verdict);
  const by = policyNumber === null ? 'its tier alone' : `version ${policyNumber} of the rules`;
  const people = approvalsRequired === 0 ? '' : `, ${plural(approvalsRequired, 'approval')} needed`;
  output.line(
    `${colours.bold('Rules')}  ${shown} by ${by}, risk score ${score}${people}  ${colours.dim(`${showTime(decidedAt)} UTC`)}`,
  );
  for (const { code, text, points } of decision.reasons) {
    const weight = points === null ? '' : ` (+${points})`;
    output.line(wrapText(`${code}${weight}: ${showText(text)}`, output.width, '  '));
  }
  const { amountKrw } = decision.inputs;
  if (typeof amountKrw === 'string') output.line(colours.dim(`  worth ₩${amountKrw} when it was accepted`));
}
