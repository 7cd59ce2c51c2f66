import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readAwsSettings, readKmsKeyList } from '@naru/key-aws/aws-settings.ts';
import { openKmsBackend } from '@naru/key-aws/kms-backend.ts';
import { openPkcs11Backend } from '@naru/key-pkcs11/pkcs11-backend.ts';
import { readPkcs11Settings } from '@naru/key-pkcs11/pkcs11-settings.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import {
  DEFAULT_CREDENTIALS,
  DEFAULT_REGION,
  type LocalAws,
  startLocalAws,
} from '@naru/local-aws/local-aws.ts';
import { createSoftHsmToken } from '@naru/local-servers/softhsm.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import type { SignerClient } from '@naru/signer-protocol/client.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { chainTxs, randomAddress } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { changePolicy, connectSigner } from '../support/signer-policy.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/**
 * Three sub-accounts: one key in a file, one in a server that speaks the KMS protocol, one in SoftHSM2. Everything goes
 * through the SDK; the chain is the judge, and what an operator reads is read by `naru`.
 */
/** Each waits for payments again and again; most of it is waiting for the next try, every 3 s. */
const TEST_TIMEOUT_MS = 240_000;
let dir: string;
let aws: LocalAws;
let stack: Stack;
let naru: Naru;
let signer: SignerClient;
let payers: { keystore: Hex; kms: Hex; pkcs11: Hex };

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-custody-'));
  aws = await startLocalAws();
  const [inKms, onToken] = await Promise.all([makeKmsKey(), makeTokenKey()]);
  const moreKeys = {
    addresses: [inKms.address, onToken.address],
    env: { ...inKms.env, ...onToken.env },
  };
  stack = await startStack({ accounts: 1, moreKeys });
  const keystore = assertPresent(stack.signerHome.addresses[0], 'address');
  payers = { keystore, kms: inKms.address, pkcs11: onToken.address };
  const api = await stack.startApi();
  naru = createNaru({ baseUrl: api.url, apiKey: stack.apiKey });
  signer = await connectSigner(stack);
  await stack.startWorker('processor,broadcaster,monitor,accounts');
}, TEST_TIMEOUT_MS);
afterAll(async () => {
  await stack?.stop();
  await aws?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function makeKmsKey(): Promise<{ address: Hex; env: Record<string, string> }> {
  const input = { KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'SIGN_VERIFY' };
  const { KeyMetadata } = aws.administer('CreateKey', input) as { KeyMetadata: { Arn: string } };
  aws.administer('CreateAlias', { AliasName: 'alias/hot', TargetKeyId: KeyMetadata.Arn });
  const env = {
    NARU_KMS_KEYS: 'alias/hot',
    NARU_KMS_ENDPOINT: aws.url,
    NARU_KMS_TIMEOUT_MS: '30000',
    NARU_KEY_AWS_REGION: DEFAULT_REGION,
    NARU_KEY_AWS_ACCESS_KEY_ID: DEFAULT_CREDENTIALS.accessKeyId,
    NARU_KEY_AWS_SECRET_ACCESS_KEY: DEFAULT_CREDENTIALS.secretAccessKey,
  };
  const { settings } = await readAwsSettings(env);
  const backend = await openKmsBackend(
    assertPresent(settings, 'settings'),
    assertPresent(readKmsKeyList(env).list, 'list'),
  );
  const address = assertPresent(backend.addresses()[0], 'address');
  await backend.close();
  return { address, env };
}

async function makeTokenKey(): Promise<{ address: Hex; env: Record<string, string> }> {
  const token = await createSoftHsmToken({ dir, label: 'naru-e2e' });
  const env = {
    ...token.env,
    NARU_PKCS11_LIBRARY: token.library,
    NARU_PKCS11_TOKEN: token.label,
    NARU_PKCS11_PIN_FILE: token.pinFile,
    NARU_PKCS11_TIMEOUT_MS: '30000',
  };
  const { settings } = await readPkcs11Settings(env);
  const backend = await openPkcs11Backend(assertPresent(settings, 'settings'));
  const address = await backend.generate('hot');
  await backend.close();
  return { address, env };
}

/** As wide as the stack's own; `change` narrows it. In force when this resolves. */
async function setPolicy(change: {
  chain?: object;
  tokens?: Record<string, object>;
  rest?: object;
}): Promise<void> {
  const wide = '1000000000000000000000000';
  const { usdc, usdt, payoutContract } = stack.contracts;
  const tokens = { usdc, usdt, eth: null };
  const policy = {
    version: 2,
    otherAccounts: 'PAYOUT',
    accounts: [],
    ownAddresses: [],
    ...change.rest,
    chains: {
      '31337': {
        payoutContracts: [payoutContract],
        functions: ['pay', 'approve', 'cancel'],
        gasPerTransactionMax: '17000000',
        feePerGasWeiMax: '200000000000',
        gasMoney: { perHourWeiMax: wide, perDayWeiMax: wide },
        ...change.chain,
        tokens: Object.entries(tokens).map(([name, token]) => ({
          token,
          perItemMax: wide,
          perTransactionMax: wide,
          perHourMax: wide,
          perDayMax: wide,
          itemsPerHourMax: 1_000_000,
          perAccount: null,
          ...change.tokens?.[name],
        })),
      },
    },
  };
  await changePolicy(stack, signer, () => policy);
}

const pay = (asset: 'USDC' | 'USDT' | 'ETH', amount = '1', priority: 'STANDARD' | 'EMERGENCY' = 'STANDARD') =>
  naru.withdrawals.create({ chain: 'localhost', asset, to: randomAddress(), amount, priority });
const confirmed = (id: string) => naru.withdrawals.waitFor(id, { until: ['CONFIRMED'], timeoutMs: 90_000 });

/** What the operator reads of a withdrawal that waits for its signature. */
async function reasonOf(id: string, code: string): Promise<string> {
  await eventually(
    `${id} refused with ${code}`,
    async () => {
      const { rows } = await sql`
      SELECT FROM chain_tx
       WHERE kind = 'PAYOUT' AND state = 'PLANNED' AND last_error LIKE ${`signer: ${code}:%`}`.execute(
        stack.database.db,
      );
      return rows.length === 0 ? null : true;
    },
    90_000,
  );
  const { out } = await runNaru(['inspect', id], { DATABASE_URL: stack.database.url });
  return out;
}

/** Only this one gives nonces. */
async function payFrom(address: Hex): Promise<void> {
  await sql`UPDATE sub_account SET state = 'ACTIVE', pause_reason = NULL WHERE pause_reason = 'test'`.execute(
    stack.database.db,
  );
  await sql`UPDATE sub_account SET state = 'PAUSED', pause_reason = 'test'
     WHERE lower(address) <> lower(${address})`.execute(stack.database.db);
}

async function payFromAll(): Promise<void> {
  await sql`UPDATE sub_account SET state = 'ACTIVE', pause_reason = NULL WHERE pause_reason = 'test'`.execute(
    stack.database.db,
  );
}

test(
  'keys in a file, in KMS and in an HSM pay side by side',
  async () => {
    expect(await signer.readKeys()).toMatchObject({
      backends: [
        { backend: 'keystore', addresses: [payers.keystore] },
        { backend: 'kms', addresses: [payers.kms] },
        { backend: 'pkcs11', addresses: [payers.pkcs11] },
      ],
    });
    for (const address of Object.values(payers)) {
      await payFrom(address);
      const { id } = await pay('USDC', '2.5', 'EMERGENCY');
      await confirmed(id);
      const [chainTx] = await chainTxs(stack, assertPresent(fromPublicId('withdrawal', id), 'id'));
      expect(chainTx?.subAccount.toLowerCase()).toBe(address);
    }
    await payFromAll();
    const mixed = await Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        pay((['USDC', 'USDT', 'ETH'] as const)[index % 3] ?? 'USDC', '0.01'),
      ),
    );
    for (const { id } of mixed) await confirmed(id);
    const payments = await countPayments(stack);
    expect([...payments.values()].filter((count) => count !== 1)).toEqual([]);
    expect(payments.size).toBe(33);
  },
  TEST_TIMEOUT_MS,
);

test(
  'a key that is disabled in KMS holds its payments up, is named, and pays when it is enabled again',
  async () => {
    await payFrom(payers.kms);
    aws.administer('DisableKey', { KeyId: 'alias/hot' });
    const { id } = await pay('USDC', '3');
    const reason = await reasonOf(id, 'key_unavailable');
    expect(reason).toContain('kms: key alias/hot: it is disabled: enable it in AWS KMS');
    const readiness = await fetch(`${stack.workerEnv['NARU_SIGNER_URL']}/readyz`).then((answer) =>
      answer.text(),
    );
    expect(readiness).toContain('degraded: kms key alias/hot');
    aws.administer('EnableKey', { KeyId: 'alias/hot' });
    await confirmed(id);
    await payFromAll();
  },
  TEST_TIMEOUT_MS,
);

test(
  'limits for an item, an hour and recipients hold payments up, say why, and let them go when they are lifted',
  async () => {
    await setPolicy({ tokens: { usdc: { perItemMax: '999999' }, eth: { itemsPerHourMax: 0 } } });
    const [item, coin] = [await pay('USDC', '1'), await pay('ETH', '0.5')];
    expect(await reasonOf(item.id, 'amount_over_limit')).toContain('is above the limit of 999999 per item');
    expect(await reasonOf(coin.id, 'count_limit')).toMatch(/of 0 recipients are signed within 1 hour/);
    await setPolicy({
      tokens: { usdc: { perItemMax: '1000000', perTransactionMax: '1000000', perHourMax: '1000000' } },
    });
    await confirmed(coin.id);
    expect(await reasonOf(item.id, 'hourly_limit')).toMatch(
      /of 1000000 are signed within 1 hour over all accounts \(perHourMax\)/,
    );
    await setPolicy({});
    await confirmed(item.id);
    const { changes } = await signer.readPolicy();
    expect(changes[0]?.lifted).toContain(
      `chains/31337/tokens/${stack.contracts.usdc.toLowerCase()}/perHourMax: 1000000 → 1000000000000000000000000`,
    );
  },
  TEST_TIMEOUT_MS,
);

test(
  'gas money, roles and functions hold payments up, say why, and let them go when they are allowed',
  async () => {
    await setPolicy({ chain: { gasMoney: { perHourWeiMax: '1', perDayWeiMax: '1' } } });
    const { id } = await pay('USDC', '1');
    expect(await reasonOf(id, 'gas_money_limit')).toContain('(gasMoney.perHourWeiMax)');
    await setPolicy({ rest: { otherAccounts: 'MAIN' } });
    expect(await reasonOf(id, 'recipient_not_allowed')).toContain('may pay addresses of our own only');
    await setPolicy({ chain: { functions: ['approve', 'cancel'] } });
    expect(await reasonOf(id, 'function_not_allowed')).toContain('does not allow pay on chain 31337');
    await setPolicy({ rest: { otherAccounts: 'REFUSE' } });
    expect(await reasonOf(id, 'account_not_allowed')).toContain('does not name account');
    await setPolicy({});
    await confirmed(id);
  },
  TEST_TIMEOUT_MS,
);
