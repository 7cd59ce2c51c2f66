import { createHash } from 'node:crypto';
import { upsertAsset } from '@naru/core/chain/chain.store.ts';
import { assetIdOf } from '@naru/core/chain/chain.ts';
import { recordFunding } from '@naru/core/ledger/record-funding.ts';
import type { AccountRole } from '@naru/core/sub-account/sub-account.machine.ts';
import { addSubAccount, listSubAccounts } from '@naru/core/sub-account/sub-account.store.ts';
import type { Database } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { encodeFunctionData, erc20Abi, getAddress, parseAbi, parseEther, parseUnits } from 'viem';
import type { DevContracts } from './deploy-contracts.ts';
import type { Devnet } from './devnet.ts';

const CHAIN = 'localhost';
const mintAbi = parseAbi(['function mint(address to, uint256 amount)']);

/** What an account of a local chain begins with: coin in wei, and each token in its smallest unit. */
export type Endowment = { coinWei: bigint; token: bigint };
const ENDOWMENT: Endowment = { coinWei: parseEther('500'), token: parseUnits('10000000', 6) };
/** Where one account holds the reserve and one the gas money, beside those that pay. */
export type Endowments = Readonly<Record<AccountRole, Endowment>>;
/** Measured: contracts/gas-report.md, honest recipients. */
const TOKEN_GAS_PER_ITEM = 27_500n;
const TOKEN_TRANSFER_GAS_MAX = 100_000n;

/** Makes the test tokens withdrawable assets of the local chain. */
export async function registerAssets(db: Database, contracts: DevContracts): Promise<void> {
  for (const [code, address] of [['USDC', contracts.usdc] as const, ['USDT', contracts.usdt] as const])
    await upsertAsset(db, {
      chainId: CHAIN,
      code,
      symbol: code,
      address: getAddress(address),
      decimals: 6,
      minimum: 1n,
      gasPerItem: TOKEN_GAS_PER_ITEM,
      transferGasMax: TOKEN_TRANSFER_GAS_MAX,
      enabled: true,
    });
}

/**
 * Gives each address that is no sub-account yet its starting balances, books what it then holds as ours, and
 * registers it. Interrupted anywhere and called again, it goes on: nothing is booked twice. `reserve`: of the addresses
 * one becomes the main account and one the gas account, as long as there is none; without it all of them pay.
 */
export async function setUpAccounts(
  deps: { db: Database; devnet: Devnet },
  contracts: DevContracts,
  addresses: readonly Hex[],
  reserve: Endowments | null = null,
): Promise<{ added: number }> {
  const accounts = await listSubAccounts(deps.db, CHAIN);
  const known = new Set(accounts.map((account) => account.address.toLowerCase()));
  const missing = (['MAIN', 'GAS'] as const).filter(
    (role) => reserve !== null && !accounts.some((account) => account.role === role),
  );
  const fresh = addresses
    .filter((address) => !known.has(address.toLowerCase()))
    .map((address, index): Fresh => {
      const role = missing[index] ?? 'PAYOUT';
      return { address, role, endowment: reserve?.[role] ?? ENDOWMENT };
    });
  const tokens = [
    { code: 'USDC', address: contracts.usdc },
    { code: 'USDT', address: contracts.usdt },
  ];
  await fill(
    deps.devnet,
    fresh,
    tokens.map((token) => token.address),
  );
  for (const { address, role } of fresh) {
    const holdings = [
      { code: 'ETH', amount: await deps.devnet.client.getBalance({ address }) },
      ...(await Promise.all(
        tokens.map(async (token) => ({
          code: token.code,
          amount: await tokenBalance(deps.devnet, token.address, address),
        })),
      )),
    ];
    for (const { code, amount } of holdings) {
      if (amount === 0n) continue;
      await recordFunding(deps, { id: fundingId(address, code), assetId: assetIdOf(CHAIN, code), amount });
    }
    const nextNonce = BigInt(await deps.devnet.client.getTransactionCount({ address }));
    await addSubAccount(deps.db, { chainId: CHAIN, address: getAddress(address), nextNonce, role });
  }
  return { added: fresh.length };
}

type Fresh = { address: Hex; role: AccountRole; endowment: Endowment };

async function fill(devnet: Devnet, accounts: readonly Fresh[], tokens: readonly Hex[]): Promise<void> {
  const transactions: { to: Hex; data?: Hex; value?: bigint }[] = [];
  for (const { address, endowment } of accounts) {
    const coin = await devnet.client.getBalance({ address });
    if (coin < endowment.coinWei) transactions.push({ to: address, value: endowment.coinWei - coin });
    for (const token of tokens) {
      const balance = await tokenBalance(devnet, token, address);
      if (balance >= endowment.token) continue;
      const data = encodeFunctionData({
        abi: mintAbi,
        functionName: 'mint',
        args: [address, endowment.token - balance],
      });
      transactions.push({ to: token, data });
    }
  }
  await devnet.sendAll(transactions);
}

function tokenBalance(devnet: Devnet, token: Hex, address: Hex): Promise<bigint> {
  return devnet.client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [address],
  });
}

/** The same for the same account and asset, so that a set-up that was interrupted books once. */
function fundingId(address: Hex, code: string): string {
  const hex = createHash('sha256').update(`funding/${CHAIN}/${address.toLowerCase()}/${code}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
