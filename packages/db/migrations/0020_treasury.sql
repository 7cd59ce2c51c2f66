-- The treasury of a chain: a Safe whose owners sign each payment to our own accounts.

CREATE TABLE treasury (
  chain_id text PRIMARY KEY REFERENCES chain (id),
  safe_address text NOT NULL CHECK (safe_address ~ '^0x[0-9a-fA-F]{40}$'),
  -- As the providers last agreed on it. Owners decide on the chain, not here.
  owners text[] NOT NULL CHECK (cardinality(owners) BETWEEN 1 AND 50),
  threshold integer NOT NULL CHECK (threshold BETWEEN 1 AND cardinality(owners)),
  -- The Safe's next transaction, newest, and after a block up to which all that it made is ended here.
  nonce numeric(78, 0) NOT NULL CHECK (nonce >= 0),
  final_nonce numeric(78, 0) NOT NULL CHECK (final_nonce >= 0),
  final_block bigint NOT NULL CHECK (final_block >= 0),
  read_at timestamptz NOT NULL DEFAULT now()
);
-- What people decide is the address; the rest is read from the chain all the time.
CREATE TRIGGER treasury_audit AFTER INSERT OR DELETE ON treasury
  FOR EACH ROW EXECUTE FUNCTION audit_change('chain_id');
CREATE TRIGGER treasury_address_audit AFTER UPDATE OF safe_address ON treasury
  FOR EACH ROW WHEN (OLD.safe_address <> NEW.safe_address) EXECUTE FUNCTION audit_change('chain_id');

CREATE TABLE treasury_proposal (
  id uuid PRIMARY KEY,
  chain_id text NOT NULL REFERENCES treasury (chain_id),
  safe_address text NOT NULL CHECK (safe_address ~ '^0x[0-9a-fA-F]{40}$'),
  -- TOP_UP pays one of our accounts. REJECTION uses the nonce of another proposal up: nothing else can undo signatures.
  purpose text NOT NULL CHECK (purpose IN ('TOP_UP', 'REJECTION')),
  asset_id text REFERENCES asset (id),
  to_account_id uuid REFERENCES sub_account (id),
  amount numeric(78, 0) NOT NULL CHECK (amount >= 0 AND amount < 340282366920938463463374607431768211456),
  safe_nonce numeric(78, 0) NOT NULL CHECK (safe_nonce >= 0 AND safe_nonce < 18446744073709551616),
  -- What the owners sign, and what the Safe's own record of an execution names.
  safe_tx_hash text NOT NULL CHECK (safe_tx_hash ~ '^0x[0-9a-f]{64}$'),
  actor text NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  -- At this block nothing of it was on the chain.
  from_block bigint NOT NULL CHECK (from_block >= 0),
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'EXECUTED', 'SUPERSEDED', 'CANCELED')),
  version integer NOT NULL DEFAULT 1,
  -- Why it cannot be executed now, as the chain said when it was tried without being sent.
  problem text,
  executed_hash text CHECK (executed_hash ~ '^0x[0-9a-f]{64}$'),
  executed_block bigint,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  CHECK ((purpose = 'TOP_UP') = (asset_id IS NOT NULL)),
  CHECK ((purpose = 'TOP_UP') = (to_account_id IS NOT NULL)),
  CHECK ((purpose = 'TOP_UP') = (amount > 0)),
  CHECK ((state = 'EXECUTED') = (executed_hash IS NOT NULL AND executed_block IS NOT NULL)),
  CHECK ((state = 'OPEN') = (ended_at IS NULL))
);
-- What was taken back may be proposed again.
CREATE UNIQUE INDEX treasury_proposal_hash ON treasury_proposal (safe_tx_hash) WHERE state <> 'CANCELED';
CREATE INDEX treasury_proposal_open ON treasury_proposal (chain_id, safe_nonce) WHERE state = 'OPEN';
CREATE INDEX treasury_proposal_list ON treasury_proposal (chain_id, id);

-- An owner's signature over the hash of a proposal. It cannot be taken back: whoever has it can use it.
CREATE TABLE treasury_signature (
  proposal_id uuid NOT NULL REFERENCES treasury_proposal (id),
  -- EIP-55.
  owner text NOT NULL CHECK (owner ~ '^0x[0-9a-fA-F]{40}$'),
  signature bytea NOT NULL CHECK (length(signature) = 65),
  actor text NOT NULL,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (proposal_id, owner)
);
CREATE TRIGGER treasury_signature_immutable BEFORE UPDATE OR DELETE ON treasury_signature
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER treasury_signature_audit AFTER INSERT ON treasury_signature
  FOR EACH ROW EXECUTE FUNCTION audit_change('proposal_id', 'owner');

-- A transaction of ours that hands a proposal to the Safe, with the signatures that were frozen into its payload.
CREATE TABLE treasury_execution (
  chain_tx_id uuid PRIMARY KEY REFERENCES chain_tx (id),
  proposal_id uuid NOT NULL REFERENCES treasury_proposal (id),
  signatures bytea NOT NULL CHECK (length(signatures) BETWEEN 65 AND 3250 AND length(signatures) % 65 = 0)
);
CREATE INDEX treasury_execution_proposal ON treasury_execution (proposal_id);
CREATE TRIGGER treasury_execution_immutable BEFORE UPDATE OR DELETE ON treasury_execution
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What was proposed is frozen, an end is an end, and what somebody has signed is not canceled here: the signatures would
-- work all the same.
CREATE FUNCTION treasury_proposal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.chain_id, NEW.safe_address, NEW.purpose, NEW.asset_id, NEW.to_account_id, NEW.amount, NEW.safe_nonce,
      NEW.safe_tx_hash, NEW.actor, NEW.reason, NEW.from_block, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.chain_id, OLD.safe_address, OLD.purpose, OLD.asset_id, OLD.to_account_id, OLD.amount, OLD.safe_nonce,
      OLD.safe_tx_hash, OLD.actor, OLD.reason, OLD.from_block, OLD.created_at)
     OR NEW.version <> OLD.version + (NEW.state <> OLD.state)::integer THEN
    RAISE EXCEPTION 'treasury proposal %: what was proposed is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state AND OLD.state <> 'OPEN' THEN
    RAISE EXCEPTION 'treasury proposal %: % is final', OLD.id, OLD.state USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'CANCELED' AND OLD.state = 'OPEN'
     AND EXISTS (SELECT 1 FROM treasury_signature s WHERE s.proposal_id = OLD.id) THEN
    RAISE EXCEPTION 'treasury proposal %: it is signed; a rejection with the same nonce replaces it', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER treasury_proposal_guard BEFORE UPDATE ON treasury_proposal
  FOR EACH ROW EXECUTE FUNCTION treasury_proposal_guard();
CREATE TRIGGER treasury_proposal_no_delete BEFORE DELETE ON treasury_proposal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- What the chain says of it meanwhile is no decision.
CREATE TRIGGER treasury_proposal_audit AFTER INSERT ON treasury_proposal
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER treasury_proposal_state_audit AFTER UPDATE OF state ON treasury_proposal
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- TREASURY: what the Safe holds. HOT_WALLET is debited when it pays our accounts. NOT VALID: every row that is there kept
-- to a narrower rule, so that none has to be read for the wider one.
ALTER TABLE ledger_account
  DROP CONSTRAINT ledger_account_kind_check,
  ADD CONSTRAINT ledger_account_kind_check
    CHECK (kind IN ('CUSTOMER', 'HOUSE', 'HOT_WALLET', 'GAS', 'FEE', 'DEPOSIT_WALLET', 'SUSPENSE', 'TREASURY')) NOT VALID;
ALTER TABLE ledger_transfer
  DROP CONSTRAINT ledger_transfer_reason_check,
  ADD CONSTRAINT ledger_transfer_reason_check
    CHECK (reason IN ('WITHDRAWAL', 'CREDIT', 'FUNDING', 'GAS', 'ADJUSTMENT', 'FEE', 'DEPOSIT', 'SWEEP', 'TREASURY'))
    NOT VALID;
ALTER TABLE chain_tx
  DROP CONSTRAINT chain_tx_kind_check,
  ADD CONSTRAINT chain_tx_kind_check CHECK (kind IN ('PAYOUT', 'APPROVAL', 'TRANSFER', 'DEPOSIT_SWEEP', 'SAFE')) NOT VALID,
  DROP CONSTRAINT chain_tx_outcomes_check,
  -- What became of it, the Safe's record says.
  ADD CONSTRAINT chain_tx_outcomes_check CHECK (
    state <> 'EXECUTED' OR kind IN ('APPROVAL', 'DEPOSIT_SWEEP', 'SAFE')
    OR (outcomes IS NOT NULL AND length(outcomes) = item_count)) NOT VALID;
