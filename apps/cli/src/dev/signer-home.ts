import { randomBytes } from 'node:crypto';
import { access, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DevContracts, depositFactoryFor } from '@naru/devnet/deploy-contracts.ts';
import { createKey } from '@naru/keystore/add-key.ts';
import { listKeys } from '@naru/keystore/key-directory.ts';
import { createLocalMasterKey, loadLocalMasterKey } from '@naru/keystore/master-key.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';

/** Everything that only the signer may read lives in one directory, mode 0700. */
export type SignerHome = {
  /** EIP-55. */
  addresses: Hex[];
  /** One of them: where deposit addresses are swept to. */
  treasury: Hex;
  /** What the signer process needs, and no other process gets. */
  env: Record<string, string>;
  /** Shared with the processor; outside the signer's directory. */
  tokenFile: string;
  journalFile: string;
};

/** Wide enough to spend everything that the demo owner has, and still a limit. */
const TOKEN_LIMITS = {
  perItemMax: '10000000000000',
  perTransactionMax: '50000000000000',
  perDayMax: '100000000000000',
};
const COIN_LIMITS = {
  perItemMax: '1000000000000000000000',
  perTransactionMax: '5000000000000000000000',
  perDayMax: '10000000000000000000000',
};

/** Makes the keys, the token and the policy of a local signer; what is there is kept. */
export async function prepareSignerHome(options: {
  dir: string;
  accounts: number;
  contracts: DevContracts;
}): Promise<SignerHome> {
  const home = path.join(options.dir, 'signer');
  const keystoreDir = path.join(home, 'keys');
  const masterKeyFile = path.join(home, 'master.key');
  const policyFile = path.join(home, 'policy.json');
  const journalFile = path.join(home, 'journal.jsonl');
  const tokenFile = path.join(options.dir, 'signer-token');
  await mkdir(keystoreDir, { recursive: true, mode: 0o700 });

  const masterKey = (await exists(masterKeyFile))
    ? await loadLocalMasterKey(masterKeyFile)
    : await createLocalMasterKey(masterKeyFile);
  const keys = await listKeys(keystoreDir);
  for (let index = keys.length; index < options.accounts; index++)
    keys.push(
      await createKey(
        { directory: keystoreDir, masterKey, clock: systemClock },
        { label: `local ${index + 1}` },
      ),
    );
  // Whatever order the keys are read in, the same one at each start.
  const [lowest] = keys
    .map((key) => key.address)
    .toSorted((one, other) => (one.toLowerCase() < other.toLowerCase() ? -1 : 1));
  const treasury = assertPresent(lowest, 'a key');
  if (!(await exists(tokenFile)))
    await writeFile(tokenFile, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  await writeFile(policyFile, `${JSON.stringify(policyFor(options.contracts, treasury), null, 2)}\n`, {
    mode: 0o600,
  });
  return {
    treasury,
    // The treasury first: where there is a reserve, it becomes the main account.
    addresses: [treasury, ...keys.map((key) => key.address).filter((address) => address !== treasury)],
    tokenFile,
    journalFile,
    env: {
      NARU_KEYSTORE_DIR: keystoreDir,
      NARU_MASTER_KEY_FILE: masterKeyFile,
      NARU_SIGNER_POLICY_FILE: policyFile,
      NARU_SIGNER_JOURNAL_FILE: journalFile,
      NARU_SIGNER_TOKEN_FILE: tokenFile,
    },
  };
}

function policyFor(contracts: DevContracts, treasury: Hex) {
  return {
    version: 1,
    chains: {
      '31337': {
        name: 'Localhost',
        payoutContracts: [contracts.payoutContract],
        depositFactories: [depositFactoryFor(treasury)],
        tokens: [
          { token: contracts.usdc, symbol: 'USDC', ...TOKEN_LIMITS },
          { token: contracts.usdt, symbol: 'USDT', ...TOKEN_LIMITS },
          { token: null, symbol: 'ETH', ...COIN_LIMITS },
        ],
        gasPerTransactionMax: '17000000',
        feePerGasWeiMax: '200000000000',
      },
    },
  };
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}
