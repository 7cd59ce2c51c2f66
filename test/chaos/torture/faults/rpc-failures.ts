import type { RpcFaultRule } from '@naru/evm/testing/rpc-fault-rules.ts';
import type { Act, Fault } from '../fault.ts';
import type { FaultName } from '../names.ts';
import type { Random } from '../random.ts';
import type { Struck } from '../rpc-board.ts';

/** Trouble that may strike both providers at once: nothing that they say is false, they only say less. */

const CHANGE_EVERY_MS = { min: 1_200, max: 2_500 };

type Wave = { struck: Struck; rules: RpcFaultRule[]; text: string };

/** Waves of trouble, one after the other, and none at the end. */
function inWaves(fault: FaultName, what: string, wave: (random: Random) => Wave): Fault {
  return {
    name: fault,
    kind: 'rpc-failure',
    what,
    plan(random, durationMs) {
      const acts: Act[] = [];
      for (let atMs = 0; atMs < durationMs; atMs += random.whole(CHANGE_EVERY_MS.min, CHANGE_EVERY_MS.max)) {
        const { struck, rules, text } = wave(random);
        const who = struck === 'both' ? 'both providers' : `provider ${struck + 1}`;
        acts.push({
          atMs,
          text: `${who}: ${text}`,
          run: async ({ stack }) => stack.rpc.set(fault, struck, rules),
        });
      }
      return acts;
    },
    heal: async ({ stack }) => stack.rpc.clear(fault),
  };
}

const anyone = (random: Random): Struck => random.pick<Struck>([0, 1, 'both', 'both']);
const share = (random: Random) => random.pick([0.2, 0.5, 0.9]);
const percent = (probability: number) => `${Math.round(probability * 100)} % of`;

export const drop = inWaves(
  'rpc-drop',
  'Requests to one provider or both are dropped before the node hears of them; some wait in silence instead.',
  (random) => {
    const probability = share(random);
    return {
      struck: anyone(random),
      rules: [
        { fault: { kind: 'drop_request' }, probability },
        { fault: { kind: 'hang', forward: false }, probability: 0.02 },
      ],
      text: `${percent(probability)} requests dropped`,
    };
  },
);

export const lostAnswers = inWaves(
  'rpc-lost-answers',
  'The node does what it is asked and the answer is lost, to sends above all: was it accepted?',
  (random) => {
    const probability = share(random);
    const onlySends = random.chance(0.7);
    return {
      struck: anyone(random),
      rules: [
        {
          fault: { kind: random.chance(0.8) ? 'lose_answer' : 'malformed_json' },
          probability,
          ...(onlySends ? { methods: ['eth_sendRawTransaction'] } : {}),
        },
      ],
      text: `${percent(probability)} answers to ${onlySends ? 'sends' : 'everything'} lost`,
    };
  },
);

export const delay = inWaves(
  'rpc-delay',
  'Answers come late, by up to ten seconds, as long as the workers wait for any.',
  (random) => {
    const delayMs = random.pick([200, 1_000, 3_000, 10_000]);
    const probability = delayMs === 10_000 ? 0.05 : share(random);
    return {
      struck: anyone(random),
      rules: [{ fault: { kind: 'delay', delayMs }, probability }],
      text: `${percent(probability)} answers late by ${delayMs / 1_000} s`,
    };
  },
);

export const refusals = inWaves(
  'rpc-refusals',
  'Gateways answer 429, with and without a time to come back, and 503.',
  (random) => {
    const probability = share(random);
    const status = random.pick([429, 429, 503]);
    const retryAfter = status === 429 && random.chance(0.5) ? { retryAfterSeconds: 1 } : {};
    return {
      struck: anyone(random),
      rules: [{ fault: { kind: 'http_status', status, ...retryAfter }, probability }],
      text: `${percent(probability)} requests answered ${status}`,
    };
  },
);

/** Made up: no node says these, and the first two begin like texts that are known. */
const UNSEEN_TEXTS = [
  'nonce is a matter of taste',
  'known unknowns: transaction in limbo',
  'flux capacitor drained',
  '',
];

export const unknownErrors = inWaves(
  'rpc-unknown-errors',
  'Sends are answered with an error text that nobody has seen, half of the time although the node took the bytes.',
  (random) => {
    const message = random.pick(UNSEEN_TEXTS);
    const forward = random.chance(0.5);
    const probability = share(random);
    return {
      struck: anyone(random),
      rules: [
        {
          methods: ['eth_sendRawTransaction'],
          fault: { kind: 'rpc_error', code: -32000, message, forward },
          probability,
        },
      ],
      text: `${percent(probability)} sends answered "${message}"${forward ? ', and done' : ''}`,
    };
  },
);
