import { decideNext } from '../decisions/after-send.ts';
import { matchRecords, selectUnknown } from '../decisions/batch-records.ts';
import {
  decideForeign,
  explainByReceipts,
  foreignDepth,
  selectConsumed,
} from '../decisions/consumed-nonce.ts';
import { decideFates } from '../decisions/item-fates.ts';
import { decideAfterRefusal, decideAttempt } from '../decisions/next-attempt.ts';
import { judgeNonceSlot } from '../decisions/nonce-slot.ts';
import { agreeOnCounts, findConflict, selectBusy, uniteRecords } from '../decisions/recovery.ts';
import {
  ancestorUnseen,
  findCommonBlock,
  isConsistent,
  selectComparable,
  selectUndone,
} from '../decisions/reorganisation.ts';
import { selectStuck } from '../decisions/stuck.ts';
import {
  encodeOutcomes,
  hashToAsk,
  hasRecordToAsk,
  isReplaced,
  judge,
  selectDeep,
} from '../decisions/verdict.ts';
import { availableOf, planLane } from '../planner.ts';

/** The decisions that production takes, and the simulation with it. A test may break one of them. */
export const productionDecisions = {
  agreeOnCounts,
  ancestorUnseen,
  availableOf,
  decideAfterRefusal,
  decideAttempt,
  decideFates,
  decideForeign,
  decideNext,
  encodeOutcomes,
  explainByReceipts,
  findCommonBlock,
  findConflict,
  foreignDepth,
  hasRecordToAsk,
  hashToAsk,
  isConsistent,
  isReplaced,
  judge,
  judgeNonceSlot,
  matchRecords,
  planLane,
  selectBusy,
  selectComparable,
  selectConsumed,
  selectDeep,
  selectStuck,
  selectUndone,
  selectUnknown,
  uniteRecords,
};
export type Decisions = typeof productionDecisions;
