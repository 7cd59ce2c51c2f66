import { useCallback, useEffect, useState } from 'react';

type Request = { method: string; params?: readonly unknown[] };
/** As EIP-1193 has it. */
type Provider = { request: (request: Request) => Promise<unknown> };
export type Wallet = { id: string; name: string; provider: Provider };

/** What a wallet announces (EIP-6963). */
type Announced = { info?: { uuid?: unknown; name?: unknown }; provider?: Provider };

/** Wallets of this browser that announce themselves, and a way to ask them again. */
export function useWallets(): { wallets: readonly Wallet[]; look: () => void } {
  const [wallets, setWallets] = useState<readonly Wallet[]>([]);
  const look = useCallback(() => void window.dispatchEvent(new Event('eip6963:requestProvider')), []);
  useEffect(() => {
    const onAnnounce = (event: Event) => {
      const { info, provider } = (event as CustomEvent<Announced>).detail ?? {};
      if (typeof info?.uuid !== 'string' || typeof provider?.request !== 'function') return;
      const wallet = { id: info.uuid, name: String(info.name ?? info.uuid), provider };
      setWallets((now) => [...now.filter((one) => one.id !== wallet.id), wallet]);
    };
    window.addEventListener('eip6963:announceProvider', onAnnounce);
    look();
    return () => window.removeEventListener('eip6963:announceProvider', onAnnounce);
  }, [look]);
  return { wallets, look };
}

/** The account that the wallet has open; null: none is connected. */
export async function connect(wallet: Wallet): Promise<string | null> {
  const accounts = await wallet.provider.request({ method: 'eth_requestAccounts' });
  const [first] = Array.isArray(accounts) ? accounts : [];
  return typeof first === 'string' ? first : null;
}

/** Shows the typed data in the wallet; what its holder signs of it. */
export async function signTypedData(wallet: Wallet, account: string, typedData: string): Promise<string> {
  return String(
    await wallet.provider.request({ method: 'eth_signTypedData_v4', params: [account, typedData] }),
  );
}

/** Whether an error of a wallet says that its holder said no (EIP-1193, 4001). */
export function isRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 4001;
}
