/** Why the machinery itself pauses a sub-account. Each is lifted by what put it there, or by `naru recover`. */
export const NONCE_AHEAD = 'the chain has more of its transactions than the database: run `naru recover`';
export const UNKNOWN_BATCH =
  'the payout contract has a batch of ours that the database does not know: run `naru recover`';
export const GAS_MONEY_LOW = 'too little coin for gas: send it some';
