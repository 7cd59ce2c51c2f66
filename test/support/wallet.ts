import type { BrowserContext } from 'playwright-core';
import type { PrivateKeyAccount } from 'viem/accounts';

/** A wallet extension of a browser; without a holder's consent it refuses, as EIP-1193 has it. */
export type TestWallet = { name: string; account: PrivateKeyAccount; consents?: boolean };

/** Puts wallets into every page of a browser's context: they announce themselves (EIP-6963), and their keys stay here. */
export async function addWallets(context: BrowserContext, wallets: readonly TestWallet[]): Promise<void> {
  await context.exposeFunction('signInTest', async (name: string, typedData: string) => {
    const wallet = wallets.find((one) => one.name === name);
    return await wallet?.account.signTypedData(JSON.parse(typedData));
  });
  const told = wallets.map(({ name, account, consents = true }) => ({
    name,
    address: account.address,
    consents,
  }));
  await context.addInitScript(announceWallets, told);
}

type Request = { method: string; params?: readonly string[] };

/** Runs in the page, before anything of it. */
function announceWallets(wallets: readonly { name: string; address: string; consents: boolean }[]): void {
  const page = globalThis as unknown as EventTarget & {
    signInTest: (name: string, typedData: string) => Promise<string>;
  };
  const announce = () => {
    for (const { name, address, consents } of wallets) {
      const provider = {
        async request({ method, params = [] }: Request) {
          if (method === 'eth_requestAccounts') return [address];
          if (!consents) throw Object.assign(new Error('User rejected the request.'), { code: 4001 });
          return await page.signInTest(name, params[1] ?? '');
        },
      };
      const info = { uuid: `test-${name}`, name, icon: '', rdns: 'example.test' };
      const detail = Object.freeze({ info, provider });
      page.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
    }
  };
  page.addEventListener('eip6963:requestProvider', announce);
  announce();
}
