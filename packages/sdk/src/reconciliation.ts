import {
  type AlarmBody,
  type AlarmPageBody,
  alarm,
  alarmPage,
  type ReconciliationBody,
  reconciliation,
  type SignOffBody,
  type SignOffInput,
  type SnoozeInput,
  signOff,
} from '@naru/wire/reconciliation.ts';
import { allPages, type CallOptions, callsOf, type PageOptions, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

type AlarmFilter = { state?: AlarmBody['state'] };

export type ReconciliationClient = {
  /** Every check, how far ledger and chains are apart, and the days that were signed off. */
  get(options?: CallOptions): Promise<ReconciliationBody>;
  /** Once for a day in Korea, while every check of the books is OK. */
  signOff(input: SignOffInput, options?: WriteOptions): Promise<SignOffBody>;
};

export type AlarmsClient = {
  list(filter?: AlarmFilter, options?: CallOptions): AsyncIterable<AlarmBody>;
  listPage(filter?: AlarmFilter & PageOptions, options?: CallOptions): Promise<AlarmPageBody>;
  /** You look after it: nobody is reminded any more. */
  acknowledge(id: string, input: { reason: string }, options?: WriteOptions): Promise<AlarmBody>;
  /** Nobody is reminded for so many hours. */
  snooze(id: string, input: SnoozeInput, options?: WriteOptions): Promise<AlarmBody>;
};

export function createReconciliationClients(transport: Transport): {
  reconciliation: ReconciliationClient;
  alarms: AlarmsClient;
} {
  const { read, post } = callsOf(transport);
  const pathOf = (id: string, verb: string) => `/v1/admin/alarms/${encodeURIComponent(id)}/${verb}`;
  const listPage: AlarmsClient['listPage'] = (filter, options) =>
    read('/v1/admin/alarms', alarmPage, options, filter);
  return {
    reconciliation: {
      get: (options) => read('/v1/admin/reconciliation', reconciliation, options),
      signOff: (input, options) => post('/v1/admin/reconciliation/sign-offs', signOff, options, input),
    },
    alarms: {
      listPage,
      list: (filter, options) => allPages((page) => listPage({ ...filter, ...page }, options)),
      acknowledge: (id, input, options) => post(pathOf(id, 'acknowledge'), alarm, options, input),
      snooze: (id, input, options) => post(pathOf(id, 'snooze'), alarm, options, input),
    },
  };
}
