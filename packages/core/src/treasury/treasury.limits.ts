/** Proposals of a chain that are open at once: each takes the next nonce of the Safe, and they are executed in order. */
export const OPEN_PROPOSALS_MAX = 20;
/** Transactions of ours that hand one proposal to its Safe. More than one only when the signer refused, or one reverted. */
export const EXECUTIONS_MAX = 10;
/** Before the next one, doubled each time: 10 tries take an hour and a half, time to change the signer's policy in. */
export const EXECUTION_WAIT_MS = 5_000;
/** Rows of a page. */
export const PROPOSALS_LISTED_MAX = 100;
/**
 * Gas of `execTransaction` without its inner call: 21,000, calldata, the proxy and the nonce; and for each signature its
 * calldata and recovery. Measured with Safe 1.5.0, two owners and a token: 86,000.
 */
export const EXECUTION_BASE_GAS = 110_000n;
export const EXECUTION_SIGNATURE_GAS = 12_000n;
/** Characters of why something is proposed: it is shown to the owners. Mirrored by `treasury_proposal`. */
export const PROPOSAL_REASON_LENGTH_MAX = 500;
