import type { Fault } from '../fault.ts';
import type { FaultName } from '../names.ts';
import { eviction, feeSpike, gasMoney, reorg, reorgReordered } from './chain-faults.ts';
import { clock } from './clock-fault.ts';
import { connections, locks, postgresKill, signals } from './database-faults.ts';
import { freeze, kill } from './process-faults.ts';
import { restore } from './restore.ts';
import { rollingRestart } from './rolling-restart.ts';
import { delay, drop, lostAnswers, refusals, unknownErrors } from './rpc-failures.ts';
import { falseNonces, falseReceipts, lag, missingLogs, otherChain } from './rpc-lies.ts';
import { recipientFrozen, tokenPaused } from './token-faults.ts';

export const faults: Record<Exclude<FaultName, 'mixed'>, Fault> = {
  kill,
  freeze,
  'rpc-drop': drop,
  'rpc-lost-answers': lostAnswers,
  'rpc-delay': delay,
  'rpc-refusals': refusals,
  'rpc-unknown-errors': unknownErrors,
  'rpc-other-chain': otherChain,
  'rpc-lag': lag,
  'rpc-false-receipts': falseReceipts,
  'rpc-missing-logs': missingLogs,
  'rpc-false-nonces': falseNonces,
  reorg,
  'reorg-reordered': reorgReordered,
  eviction,
  'fee-spike': feeSpike,
  'gas-money': gasMoney,
  'token-paused': tokenPaused,
  'recipient-frozen': recipientFrozen,
  'postgres-kill': postgresKill,
  connections,
  locks,
  signals,
  clock,
  'rolling-restart': rollingRestart,
  restore,
};
