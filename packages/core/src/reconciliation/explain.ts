import type { Invariant } from './invariants.ts';

export type Explanation = { means: string; action: string };

/** What it means when an invariant does not hold, and what to do first. docs/runbooks/alarm.md has the rest. */
export const explanations: Readonly<Record<Invariant, Explanation>> = {
  ledger_replay: {
    means: 'An account of the ledger is not what its transfers add up to.',
    action: 'Stop the processor, then run `naru verify`: it names the rows. Repair nothing by hand before.',
  },
  ledger_full: {
    means: 'A row of the ledger breaks its rules.',
    action: 'Stop the processor, then run `naru verify`: it names the rows. Repair nothing by hand before.',
  },
  reserves: {
    means: 'What the ledger reserves is not what open withdrawals ask for.',
    action: 'Look at the organisation and asset it names with `naru inspect`.',
  },
  reserves_full: {
    means: 'What the ledger reserves is not what open withdrawals ask for.',
    action: 'Look at the organisation and asset it names with `naru inspect`.',
  },
  chain_balance: {
    means: 'Our accounts hold something else than the ledger says.',
    action:
      'Look for a transfer that was made by hand: record money that came as a funding, money that left as an adjustment. Otherwise pause the accounts.',
  },
  history_seals: {
    means: 'Sealed history was changed, or a seal was.',
    action: 'Keep the database as it is, and compare it with the last export of history.',
  },
  sealing: { means: 'New history is in no seal.', action: 'See that a jobs role runs.' },
  backups: {
    means: 'The server could not be restored to a moment ago.',
    action: 'Run `naru backup check`, and see that the disk has room.',
  },
  account_reserves: {
    means: 'A main or gas account is below low, or will be soon.',
    action: 'Send it what is missing, or propose a top-up from the treasury.',
  },
  account_transfers: {
    means: 'A move between our accounts failed or is old, or an account was not let in.',
    action: 'Read what the node or the signer says there; what is still needed is decided anew.',
  },
  emergency_approvals: {
    means: 'One person alone approved a withdrawal.',
    action: 'A second person confirms the review or objects.',
  },
  queue: {
    means: 'Many withdrawals wait and have no nonce.',
    action: 'See that a processor runs, that accounts are active and hold enough, and the ceiling of fees.',
  },
  dead_letters: {
    means: 'Much was given up.',
    action: 'Deal with the dead letters, the commonest cause first.',
  },
  failure_rate: {
    means: 'Many withdrawals could not be paid because of us.',
    action: 'Look at the failed ones of the last minutes for what they have in common.',
  },
  resources: {
    means: 'Disk, memory or connections are nearly used up.',
    action: 'Give the machine more, or remove what is not needed.',
  },
  alert_delivery: {
    means: 'A channel of alarms cannot be told.',
    action: 'Test the channel and repair its address.',
  },
};
