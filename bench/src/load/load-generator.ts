import { randomUUID } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { sleep } from '@naru/kit/clock.ts';
import { AMOUNT, freshAddress } from '../payout-file.ts';
import { type LoadPlan, type LoadReport, loadPlan } from './load-plan.ts';

/** A program of its own, so that the work of sending does not delay the measuring of other things. */

/** An answer that takes longer counts as an error. */
const ANSWER_TIMEOUT_MS = 30_000;
/** Between two looks at which requests of an open loop are due: a small part of the latency that is asked for. */
const TICK_MS = 1;
const ACCEPTED = 202;

type Answer = { status: string; latencyMs: number; dueMs: number };

const plan = loadPlan.parse(JSON.parse(await text(process.stdin)));
const report = await run(plan);
process.stdout.write(JSON.stringify(report));

async function run({ connections, loop, warmUpMs, durationMs, ...target }: LoadPlan): Promise<LoadReport> {
  const agent = new Agent({
    keepAlive: true,
    // Of each API.
    maxSockets: Math.ceil(connections / target.apiUrls.length),
    maxFreeSockets: Math.ceil(connections / target.apiUrls.length),
    // Every connection in turn, not the same few.
    scheduling: 'fifo',
  });
  let turn = 0;
  const nextUrl = () => target.apiUrls[turn++ % target.apiUrls.length] ?? '';
  await Promise.all(Array.from({ length: connections }, () => ask(agent, nextUrl())));
  const submit = (dueMs: number) => send(agent, { apiUrl: nextUrl(), apiKey: target.apiKey }, dueMs);
  const startMs = performance.now() + warmUpMs;
  const endMs = startMs + durationMs;
  const answers =
    loop.kind === 'closed'
      ? await runClosed(submit, connections, endMs)
      : await runOpen(submit, loop.perSecond, endMs);
  agent.destroy();
  return summarize(answers, startMs, durationMs);
}

async function runClosed(
  submit: (dueMs: number) => Promise<Answer>,
  connections: number,
  endMs: number,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const one = async () => {
    while (performance.now() < endMs) answers.push(await submit(performance.now()));
  };
  await Promise.all(Array.from({ length: connections }, one));
  return answers;
}

async function runOpen(
  submit: (dueMs: number) => Promise<Answer>,
  perSecond: number,
  endMs: number,
): Promise<Answer[]> {
  const underWay: Promise<Answer>[] = [];
  const beginMs = performance.now();
  const dueOf = (index: number) => beginMs + (index * 1_000) / perSecond;
  while (dueOf(underWay.length) < endMs) {
    const nowMs = performance.now();
    while (dueOf(underWay.length) <= Math.min(nowMs, endMs)) underWay.push(submit(dueOf(underWay.length)));
    await sleep(TICK_MS);
  }
  return await Promise.all(underWay);
}

/** In a closed loop what was answered in time counts; in an open loop all that was due, however late its answer. */
function summarize(answers: readonly Answer[], startMs: number, durationMs: number): LoadReport {
  const refused: Record<string, number> = {};
  const latenciesMs: number[] = [];
  let acceptedInAll = 0;
  let lastMs = startMs + durationMs;
  for (const { status, latencyMs, dueMs } of answers) {
    if (status === String(ACCEPTED)) acceptedInAll += 1;
    else refused[status] = (refused[status] ?? 0) + 1;
    if (dueMs < startMs) continue;
    lastMs = Math.max(lastMs, dueMs + latencyMs);
    if (status === String(ACCEPTED)) latenciesMs.push(latencyMs);
  }
  latenciesMs.sort((one, other) => one - other);
  return { accepted: latenciesMs.length, acceptedInAll, refused, elapsedMs: lastMs - startMs, latenciesMs };
}

/** Opens a connection. */
function ask(agent: Agent, apiUrl: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request(`${apiUrl}/healthz`, { agent }, (response) => {
      response.resume();
      response.once('end', resolve);
    })
      .once('error', reject)
      .end();
  });
}

/** Never rejects: an error is a status, too. */
function send(agent: Agent, target: { apiUrl: string; apiKey: string }, dueMs: number): Promise<Answer> {
  const body = `{"chain":"localhost","asset":"USDC","to":"${freshAddress()}","amount":"${AMOUNT}","reference":"bench"}`;
  return new Promise((resolve) => {
    const end = (status: string) => resolve({ status, latencyMs: performance.now() - dueMs, dueMs });
    const options = {
      agent,
      method: 'POST',
      timeout: ANSWER_TIMEOUT_MS,
      headers: {
        authorization: `Bearer ${target.apiKey}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': randomUUID(),
      },
    };
    const call = request(`${target.apiUrl}/v1/withdrawals`, options, (response: IncomingMessage) => {
      response.resume();
      response.once('end', () => end(String(response.statusCode)));
      response.once('error', (error) => end(error.message));
    });
    call.once('timeout', () => call.destroy(new Error(`no answer in ${ANSWER_TIMEOUT_MS} ms`)));
    call.once('error', (error) => end(error.message));
    call.end(body);
  });
}
