/** An address that an organisation knows. */
export type AddressBookEntry = {
  /** UUID. */
  id: string;
  chain: string;
  /** EIP-55. */
  address: string;
  label: string;
  addedBy: string;
  createdAt: Date;
};

/** An address that nobody is paid at. */
export type BlockedAddress = {
  /** UUID. */
  id: string;
  /** Null: on every chain. */
  chainId: string | null;
  /** EIP-55. */
  address: string;
  reason: string;
  addedBy: string;
  createdAt: Date;
};
