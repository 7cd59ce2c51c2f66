import { type SendDeps, sendMessages } from '@naru/core/alert/send-messages.ts';
import { tellAlarms } from '@naru/core/alert/tell-alarms.ts';
import type { Work } from '@naru/core/loop/work-loop.ts';

/** Messages about alarms are made and sent this often; nothing of the money path waits for it. */
export const ALERTS_POLL_MS = 2_000;

/** Any number of instances may run it: what one has made or taken, the others see. */
export function alertsWork(deps: SendDeps): Work {
  return async () => {
    await tellAlarms(deps);
    return await sendMessages(deps);
  };
}
