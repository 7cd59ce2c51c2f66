import { sleep } from '@naru/kit/clock.ts';
import pg from 'pg';
import type { Act, Fault } from '../fault.ts';
import type { TortureStack } from '../torture-stack.ts';

/** Beyond what the server allows: whoever comes later is refused. */
const CONNECTIONS_MAX = 250;
const CONNECTED_AT_ONCE = 20;
const CONNECT_TIMEOUT_MS = 3_000;

export const postgresKill: Fault = {
  name: 'postgres-kill',
  kind: 'database',
  what: 'PostgreSQL is killed with SIGKILL in the middle of its commits, is away for up to three seconds and comes back on the same port; twice.',
  plan(random, durationMs) {
    return [random.whole(500, 1_500), Math.round(durationMs / 2) + random.whole(0, 1_000)].map((atMs) => {
      const awayMs = random.whole(100, 3_000);
      return {
        atMs,
        text: `SIGKILL to PostgreSQL, back after ${(awayMs / 1_000).toFixed(1)} s`,
        run: ({ stack }) => stack.crashPostgres(awayMs),
      };
    });
  },
};

export const connections: Fault = {
  name: 'connections',
  kind: 'database',
  what: "Every connection that the server has is taken; the roles' own are ended, and what they free is taken, too.",
  plan(random, durationMs) {
    const heldMs = Math.round(durationMs / 2);
    return [
      {
        atMs: random.whole(300, 1_000),
        text: `all connections taken for ${(heldMs / 1_000).toFixed(1)} s`,
        run: ({ stack }) => exhaust(stack, heldMs),
      },
    ];
  },
};

async function exhaust(stack: TortureStack, heldMs: number): Promise<void> {
  const taken: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client({
      connectionString: stack.adminUrl,
      application_name: 'torture-taker',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    });
    client.on('error', () => undefined); // ended by the server, or with it
    await client.connect();
    taken.push(client);
  };
  const untilMs = performance.now() + heldMs;
  try {
    while (performance.now() < untilMs) {
      for (let tries = 0; tries < CONNECTIONS_MAX; tries += CONNECTED_AT_ONCE) {
        const connecting = Array.from({ length: CONNECTED_AT_ONCE }, connect);
        if ((await Promise.allSettled(connecting)).some(({ status }) => status === 'rejected')) break; // none left
      }
      await taken[0]
        ?.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'naru-%' AND random() < 0.3`,
        )
        .catch(() => undefined);
      await sleep(100);
    }
  } finally {
    await Promise.all(taken.map((client) => client.end().catch(() => undefined)));
  }
}

/** What everybody needs. */
const TABLES = ['chain_tx', 'sub_account', 'ledger_account', 'chain_cursor', 'withdrawal'] as const;

export const locks: Fault = {
  name: 'locks',
  kind: 'database',
  what: 'Somebody else holds locks on whole tables for seconds, so that transactions of the roles wait longer than their leases last.',
  plan(random, durationMs) {
    const acts: Act[] = [];
    for (let atMs = random.whole(200, 700); atMs < durationMs; ) {
      const table = random.pick(TABLES);
      const heldMs = random.whole(500, 4_000);
      acts.push({
        atMs,
        text: `${table} locked for ${(heldMs / 1_000).toFixed(1)} s`,
        run: ({ stack }) => holdLock(stack, table, heldMs),
      });
      atMs += heldMs + random.whole(200, 600);
    }
    return acts;
  },
};

async function holdLock(stack: TortureStack, table: string, heldMs: number): Promise<void> {
  await withSession(stack, async (client) => {
    await client.query('BEGIN');
    await client.query(`LOCK TABLE ${pg.escapeIdentifier(table)} IN ACCESS EXCLUSIVE MODE`);
    await sleep(heldMs);
    await client.query('ROLLBACK');
  });
}

async function withSession(stack: TortureStack, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({
    connectionString: stack.databaseUrl,
    application_name: 'torture-session',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await work(client);
  } catch {
    // PostgreSQL may be down by another fault: then this one does nothing.
  } finally {
    await client.end().catch(() => undefined);
  }
}

const CHANNELS = ['naru_processor', 'naru_signer', 'naru_broadcaster'] as const;
/** PostgreSQL folds equal signals of one transaction, so each has a text of its own. */
const FLOOD = 2_000;

export const signals: Fault = {
  name: 'signals',
  kind: 'database',
  what: 'The sessions that listen for wake-up signals are ended again and again, and between that thousands of signals come for nothing.',
  plan(random, durationMs) {
    const acts: Act[] = [];
    for (let atMs = 100; atMs < durationMs; atMs += random.whole(150, 700)) {
      const isFlood = random.chance(0.4);
      const channel = random.pick(CHANNELS);
      acts.push({
        atMs,
        text: isFlood ? `${FLOOD} signals on ${channel}` : 'listeners ended',
        run: ({ stack }) =>
          withSession(stack, async (client) => {
            await client.query(
              isFlood
                ? {
                    text: `SELECT pg_notify($1, n::text) FROM generate_series(1, ${FLOOD}) AS n`,
                    values: [channel],
                  }
                : `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'naru-%-signals'`,
            );
          }),
      });
    }
    return acts;
  },
};
