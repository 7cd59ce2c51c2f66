import type { RpcFault, RpcFaultRule } from '@naru/evm/testing/rpc-fault-rules.ts';
import type { Act, Fault } from '../fault.ts';
import type { FaultName } from '../names.ts';
import type { Random } from '../random.ts';

/** One of the two providers says what is not so. Two that lie together are a documented gap. */

const CHANGE_EVERY_MS = { min: 1_500, max: 3_000 };
const FOREIGN_CHAIN_ID = 137;

type Lie = { rules: RpcFaultRule[]; text: string };

/** The same provider lies for the whole time: at no moment may both have lied lately. */
function byOneProvider(fault: FaultName, what: string, lie: (random: Random) => Lie): Fault {
  return {
    name: fault,
    kind: 'rpc-lie',
    what,
    plan(random, durationMs) {
      const liar = random.pick([0, 1] as const);
      const acts: Act[] = [];
      for (let atMs = 0; atMs < durationMs; atMs += random.whole(CHANGE_EVERY_MS.min, CHANGE_EVERY_MS.max)) {
        const { rules, text } = lie(random);
        acts.push({
          atMs,
          text: `provider ${liar + 1}: ${text}`,
          run: async ({ stack }) => stack.rpc.set(fault, liar, rules),
        });
      }
      return acts;
    },
    heal: async ({ stack }) => stack.rpc.clear(fault),
  };
}

const sometimes = (random: Random) => random.pick([0.3, 1]);

/** A provider is asked for its chain again when it has failed a few times in a row. */
const CHECK_AGAIN_MS = 1_200;

export const otherChain: Fault = {
  name: 'rpc-other-chain',
  kind: 'rpc-lie',
  what: 'One provider fails for a moment and serves another chain when it comes back.',
  plan(random) {
    const liar = random.pick([0, 1] as const);
    const atMs = random.whole(300, 900);
    const say = (at: number, text: string, rule: RpcFaultRule): Act => ({
      atMs: at,
      text: `provider ${liar + 1}: ${text}`,
      run: async ({ stack }) => stack.rpc.set('rpc-other-chain', liar, [rule]),
    });
    return [
      say(atMs, 'answers 502', { fault: { kind: 'http_status', status: 502 } }),
      say(atMs + CHECK_AGAIN_MS, `is chain ${FOREIGN_CHAIN_ID}`, {
        fault: { kind: 'chain_id', chainId: FOREIGN_CHAIN_ID },
      }),
    ];
  },
  heal: async ({ stack }) => stack.rpc.clear('rpc-other-chain'),
};

export const lag = byOneProvider(
  'rpc-lag',
  'One provider is 1 to 40 blocks behind, or behind in receipts and logs only.',
  (random) => {
    const blocks = random.pick([1, 3, 4, 10, 40]);
    const parts = random.pick<string[] | null>([
      null,
      ['eth_getTransactionReceipt'],
      ['eth_getLogs', 'eth_getTransactionReceipt'],
      ['eth_getTransactionCount'],
    ]);
    return {
      rules: [{ fault: { kind: 'lag', blocks }, ...(parts === null ? {} : { methods: parts }) }],
      text: `${blocks} blocks behind${parts === null ? '' : ` in ${parts.join(', ')}`}`,
    };
  },
);

export const falseReceipts = byOneProvider(
  'rpc-false-receipts',
  'One provider denies receipts of mined transactions, or tells of them that the transaction failed.',
  (random) => {
    const claim = random.pick(['missing', 'failed'] as const);
    const probability = sometimes(random);
    return {
      rules: [{ fault: { kind: 'false_receipt', claim }, probability }],
      text: `receipts told as ${claim}${probability < 1 ? ' now and then' : ''}`,
    };
  },
);

export const missingLogs = byOneProvider(
  'rpc-missing-logs',
  "One provider leaves the payout contract's logs out of its answers.",
  (random) => {
    const probability = sometimes(random);
    return {
      rules: [{ fault: { kind: 'missing_logs' }, probability }],
      text: `no logs${probability < 1 ? ' now and then' : ''}`,
    };
  },
);

export const falseNonces = byOneProvider(
  'rpc-false-nonces',
  'One provider tells transaction counts that are too low or too high, by one or by many.',
  (random) => {
    const fault: RpcFault = { kind: 'false_count', add: random.pick([1, 2, 30, -1, -30]) };
    const probability = sometimes(random);
    return {
      rules: [{ fault, probability }],
      text: `counts ${fault.add > 0 ? `${fault.add} too high` : `${-fault.add} too low`}${probability < 1 ? ' now and then' : ''}`,
    };
  },
);
