import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@naru/kit/clock.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { keccak256, toHex } from 'viem';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openJournal } from './journal.ts';
import type { Candidate } from './signed-book.ts';
import { DAY_MS, NONCE_KEPT_MS, NONCES_KEPT_PER_ACCOUNT } from './signer.limits.ts';

const from = `0x${'11'.repeat(20)}` as const;

function candidate(nonce: number, payload = 'a', amount = 1n): Candidate {
  const all = { perHourMax: null, perDayMax: 1_000_000n, itemsPerHourMax: null };
  const spend = { token: null, amount, items: 1, isInternal: false, limits: { all, account: null } };
  const fee = { feeWei: 21_000n, limits: null };
  return { chainId: 1, from, nonce, payloadHash: keccak256(toHex(payload)), isCancel: false, spend, fee };
}

async function temporaryFile(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'naru-journal-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return path.join(root, 'signed.log');
}

async function openAt(file: string, options: { time?: { nowMs: number }; compactAboveBytes?: number } = {}) {
  const { time, ...rest } = options;
  const clock = time === undefined ? systemClock : { ...systemClock, now: () => new Date(time.nowMs) };
  const journal = await openJournal({ clock, log: silentLogger }, { file, witnessFile: null, ...rest });
  let closed = false;
  const close = async () => {
    if (!closed) await journal.close();
    closed = true;
  };
  onTestFinished(close);
  return { ...journal, close };
}

describe('journal', () => {
  it('has on disk what durable has promised, before it is closed', async () => {
    const file = await temporaryFile();
    const journal = await openAt(file);
    journal.enter(candidate(0));
    await journal.durable();
    expect(await readFile(file, 'utf8')).toContain(candidate(0).payloadHash);
  });

  it('lets entries that arrive together share one write', async () => {
    const file = await temporaryFile();
    const journal = await openAt(file);
    const linesBefore = (await readFile(file, 'utf8')).split('\n').length;
    for (let nonce = 0; nonce < 100; nonce++) journal.enter(candidate(nonce));
    await Promise.all(Array.from({ length: 100 }, () => journal.durable()));
    expect((await readFile(file, 'utf8')).split('\n').length - linesBefore).toBe(1);
  });

  it('a repeated request waits for the write of the first', async () => {
    const file = await temporaryFile();
    const journal = await openAt(file);
    journal.enter(candidate(0));
    const first = journal.durable();
    expect(journal.enter(candidate(0))).toEqual({ kind: 'known' });
    await journal.durable();
    expect(await readFile(file, 'utf8')).toContain(candidate(0).payloadHash);
    await first;
  });

  it('drops a line that a crash cut short, at whatever byte, and goes on from there', async () => {
    const file = await temporaryFile();
    const first = await openAt(file);
    first.enter(candidate(0));
    await first.durable();
    const keptBytes = (await stat(file)).size;
    first.enter(candidate(1));
    await first.close();
    const whole = await readFile(file);
    for (let cut = keptBytes; cut < whole.length; cut += cut === keptBytes ? 1 : 11) {
      await writeFile(file, whole.subarray(0, cut));
      const journal = await openAt(file);
      expect(journal.enter(candidate(0, 'b'))).toMatchObject({ code: 'payload_conflict' });
      expect(journal.enter(candidate(1, 'b')).kind).toBe('new');
      await journal.close();
      const reopened = await openAt(file);
      expect(reopened.enter(candidate(1, 'c'))).toMatchObject({ code: 'payload_conflict' });
      await reopened.close();
    }
  });

  it('refuses to start when any byte of a whole line is changed', async () => {
    const file = await temporaryFile();
    const journal = await openAt(file);
    journal.enter(candidate(0));
    await journal.durable();
    journal.enter(candidate(1));
    await journal.close();
    const good = await readFile(file);
    for (let at = 0; at < good.length - 1; at += 7) {
      const bad = Buffer.from(good);
      bad[at] = (bad[at] ?? 0) ^ 1;
      await writeFile(file, bad);
      await expect(openAt(file), `byte ${at}`).rejects.toMatchObject({ code: 'journal_damaged' });
    }
  });

  it('refuses a file that is no journal', async () => {
    const file = await temporaryFile();
    await writeFile(file, 'withdrawals\n');
    await expect(openAt(file)).rejects.toMatchObject({ code: 'journal_damaged' });
    expect(await readFile(file, 'utf8')).toBe('withdrawals\n');
  });

  it('fails for good, signing nothing, when another process writes the file', async () => {
    const file = await temporaryFile();
    const one = await openAt(file);
    const two = await openAt(file);
    one.enter(candidate(0));
    await one.durable();
    two.enter(candidate(0, 'b'));
    await expect(two.durable()).rejects.toMatchObject({ code: 'journal_failed' });
    expect(await two.failed).toMatchObject({ message: expect.stringContaining('another process') });
    await expect(two.durable()).rejects.toMatchObject({ code: 'journal_failed' });
    two.enter(candidate(1));
    await expect(two.durable()).rejects.toMatchObject({ code: 'journal_failed' });
  });

  it('lets at most one go on of two processes that write at the same moment', async () => {
    for (let round = 0; round < 20; round++) {
      const file = await temporaryFile();
      const [one, two] = [await openAt(file), await openAt(file)];
      one.enter(candidate(0, 'a'));
      two.enter(candidate(0, 'b'));
      const outcomes = await Promise.allSettled([one.durable(), two.durable()]);
      expect(outcomes.filter((outcome) => outcome.status === 'fulfilled').length).toBeLessThanOrEqual(1);
    }
  });

  it('fails for good when its file is cut under it', async () => {
    const file = await temporaryFile();
    const journal = await openAt(file);
    await truncate(file, 0);
    journal.enter(candidate(0));
    await expect(journal.durable()).rejects.toMatchObject({ code: 'journal_failed' });
  });

  it('counts a day through restarts, and by a clock that never runs backward', async () => {
    const file = await temporaryFile();
    const time = { nowMs: 1_760_000_000_000 };
    const first = await openAt(file, { time });
    first.enter(candidate(0, 'a', 900_000n));
    await first.close();
    const second = await openAt(file, { time });
    expect(second.enter(candidate(1, 'a', 200_000n))).toMatchObject({ code: 'daily_limit' });
    time.nowMs -= 2 * DAY_MS;
    expect(second.enter(candidate(1, 'a', 200_000n))).toMatchObject({ code: 'daily_limit' });
    time.nowMs += 3 * DAY_MS;
    expect(second.enter(candidate(1, 'a', 200_000n)).kind).toBe('new');
  });

  it('compacts without forgetting a recent nonce, a sum of the day or a cancel, and refuses what it forgot', async () => {
    const file = await temporaryFile();
    const time = { nowMs: 1_760_000_000_000 };
    const count = NONCES_KEPT_PER_ACCOUNT + 50;
    const old = await openAt(file, { time });
    for (let nonce = 0; nonce < count; nonce++) old.enter(candidate(nonce));
    await old.close();
    time.nowMs += NONCE_KEPT_MS + 1;
    const first = await openAt(file, { time, compactAboveBytes: (await stat(file)).size });
    first.enter({ ...candidate(count), isCancel: true });
    first.enter(candidate(count + 1, 'a', 999_999n));
    const beforeBytes = (await stat(file)).size;
    await first.durable();
    expect((await stat(file)).size).toBeLessThan(beforeBytes);
    first.enter(candidate(count + 2, 'a', 1n)); // appending goes on in the new file
    await first.close();

    const second = await openAt(file, { time });
    expect(second.enter(candidate(0))).toMatchObject({ code: 'nonce_too_old' });
    expect(second.enter(candidate(50))).toMatchObject({ code: 'nonce_too_old' });
    expect(second.enter(candidate(52)).kind).toBe('known');
    expect(second.enter(candidate(52, 'b'))).toMatchObject({ code: 'payload_conflict' });
    expect(second.enter(candidate(count))).toMatchObject({ code: 'payload_conflict' });
    expect(second.enter(candidate(count + 2, 'b'))).toMatchObject({ code: 'payload_conflict' });
    expect(second.enter(candidate(count + 3, 'a', 1n))).toMatchObject({ code: 'daily_limit' });
  });

  it('survives a crash in the middle of a compaction', async () => {
    const file = await temporaryFile();
    const first = await openAt(file);
    first.enter(candidate(0));
    await first.close();
    await appendFile(`${file}.new`, 'half a line');
    const second = await openAt(file, { compactAboveBytes: 10 });
    expect(second.enter(candidate(0)).kind).toBe('known');
    second.enter(candidate(1));
    await second.close();
    const third = await openAt(file);
    expect([third.enter(candidate(0)).kind, third.enter(candidate(1)).kind]).toEqual(['known', 'known']);
  });
});
