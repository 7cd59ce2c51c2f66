-- Accounts by what they are for, and moves of money between them.

-- PAYOUT pays withdrawals. MAIN holds the reserve that tops those up. GAS holds coin for gas money only.
ALTER TABLE sub_account
  ADD COLUMN role text NOT NULL DEFAULT 'PAYOUT' CHECK (role IN ('PAYOUT', 'MAIN', 'GAS')),
  -- Not NULL: it pays no more withdrawals, and what it holds is swept to a main account.
  ADD COLUMN drain_at timestamptz,
  DROP CONSTRAINT sub_account_state_check,
  ADD CONSTRAINT sub_account_state_check CHECK (state IN ('JOINING', 'ACTIVE', 'PAUSED', 'DRAINED', 'RETIRED')),
  DROP CONSTRAINT sub_account_check,
  -- Of one that joins it says what is still missing.
  ADD CONSTRAINT sub_account_pause_reason_check CHECK (
    CASE state WHEN 'PAUSED' THEN pause_reason IS NOT NULL WHEN 'JOINING' THEN true ELSE pause_reason IS NULL END);

CREATE TABLE sub_account_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO sub_account_transition VALUES
  ('JOINING', 'ACTIVE'),
  ('JOINING', 'RETIRED'),
  ('ACTIVE', 'PAUSED'),
  ('ACTIVE', 'DRAINED'),
  ('ACTIVE', 'RETIRED'),
  ('PAUSED', 'ACTIVE'),
  ('PAUSED', 'RETIRED'),
  ('DRAINED', 'ACTIVE'),
  ('DRAINED', 'RETIRED');

CREATE OR REPLACE FUNCTION sub_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.next_nonce < OLD.next_nonce OR (NEW.chain_id, NEW.address) IS DISTINCT FROM (OLD.chain_id, OLD.address) THEN
    RAISE EXCEPTION 'sub-account %: nonce % may not become %', OLD.address, OLD.next_nonce, NEW.next_nonce
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.epoch < OLD.epoch
     OR (NEW.lease_owner IS NOT NULL AND NEW.lease_owner IS DISTINCT FROM OLD.lease_owner AND NEW.epoch = OLD.epoch) THEN
    RAISE EXCEPTION 'sub-account %: % may not take over from % at epoch %', OLD.address, NEW.lease_owner, OLD.lease_owner,
      OLD.epoch USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state THEN
    IF NOT EXISTS (SELECT 1 FROM sub_account_transition t WHERE t.from_state = OLD.state AND t.to_state = NEW.state) THEN
      RAISE EXCEPTION 'sub-account %: % may not become %', OLD.address, OLD.state, NEW.state
        USING ERRCODE = 'restrict_violation';
    END IF;
    -- Its nonces are in use until what consumes them is final.
    IF NEW.state IN ('DRAINED', 'RETIRED') AND EXISTS (
         SELECT 1 FROM chain_tx x WHERE x.chain_id = OLD.chain_id AND x.sub_account_id = OLD.id
            AND x.state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED')) THEN
      RAISE EXCEPTION 'sub-account %: it has transactions that are not final', OLD.address
        USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  RETURN NEW;
END $$;
DROP TRIGGER sub_account_state_audit ON sub_account;
CREATE TRIGGER sub_account_state_audit AFTER UPDATE OF state, pause_reason, role, drain_at ON sub_account
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- How much an account should hold. Below low it is topped up to target; what it has above high is swept down to target.
CREATE TABLE account_threshold (
  asset_id text NOT NULL REFERENCES asset (id),
  -- BALANCE: of the asset, to pay with. GAS: coin for gas money, which no withdrawal may be paid from.
  purpose text NOT NULL CHECK (purpose IN ('BALANCE', 'GAS')),
  -- For all accounts of a role, or for one account, which then has nothing to do with its role's.
  role text CHECK (role IN ('PAYOUT', 'MAIN', 'GAS')),
  sub_account_id uuid REFERENCES sub_account (id),
  low numeric(78, 0) NOT NULL CHECK (low >= 0),
  target numeric(78, 0) NOT NULL,
  high numeric(78, 0),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((role IS NULL) <> (sub_account_id IS NULL)),
  CHECK (low < target AND (high IS NULL OR target < high)),
  CHECK (purpose = 'BALANCE' OR high IS NULL),
  UNIQUE NULLS NOT DISTINCT (asset_id, purpose, role, sub_account_id)
);
CREATE TRIGGER account_threshold_audit AFTER INSERT OR UPDATE OR DELETE ON account_threshold
  FOR EACH ROW EXECUTE FUNCTION audit_change('asset_id', 'purpose', 'role', 'sub_account_id');

-- A move of money between two of our accounts: an item in a batch of the payout contract, as a withdrawal is.
CREATE TABLE account_transfer (
  -- Also the item's id on chain.
  id uuid PRIMARY KEY,
  -- Rises in the order in which transfers of a chain are written: each is decided upon under a lock, with the last
  -- number that its decision knew.
  number bigint GENERATED ALWAYS AS IDENTITY,
  chain_id text NOT NULL REFERENCES chain (id),
  asset_id text NOT NULL REFERENCES asset (id),
  from_account_id uuid NOT NULL REFERENCES sub_account (id),
  to_account_id uuid NOT NULL REFERENCES sub_account (id),
  -- The contract takes amounts of 128 bits.
  amount numeric(78, 0) NOT NULL CHECK (amount > 0 AND amount < 340282366920938463463374607431768211456),
  purpose text NOT NULL CHECK (purpose IN ('TOP_UP', 'SWEEP', 'GAS', 'DRAIN')),
  -- Whose balance is put right: of the one that gets, or of the one that gives.
  subject_account_id uuid NOT NULL GENERATED ALWAYS AS (
    CASE WHEN purpose IN ('TOP_UP', 'GAS') THEN to_account_id ELSE from_account_id END) STORED,
  actor text NOT NULL,
  reason text NOT NULL,
  -- Failed transfers of the same subject, asset and purpose in a row just before this one.
  failures_before integer NOT NULL DEFAULT 0 CHECK (failures_before >= 0),
  -- Read in from the chain by `naru recover`: it is not asked whether another was open.
  restored boolean NOT NULL DEFAULT false,
  state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'PLANNED', 'CONFIRMED', 'FAILED', 'CANCELED')),
  version integer NOT NULL DEFAULT 1,
  -- The one transaction that it is an item of, and its place there. It is never planned a second time.
  chain_tx_id uuid REFERENCES chain_tx (id),
  chain_tx_position integer,
  failure_code text,
  failure_message text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  CHECK (from_account_id <> to_account_id),
  CHECK ((chain_tx_id IS NULL) = (chain_tx_position IS NULL)),
  CHECK ((state IN ('PENDING', 'CANCELED')) = (chain_tx_id IS NULL)),
  CHECK ((state IN ('PENDING', 'PLANNED')) = (ended_at IS NULL)),
  CHECK (state NOT IN ('FAILED', 'CANCELED') OR (failure_code IS NOT NULL AND failure_message IS NOT NULL))
) WITH (fillfactor = 70);
-- However many instances decide at once: an account is topped up, or swept, once at a time.
CREATE UNIQUE INDEX account_transfer_open ON account_transfer (subject_account_id, asset_id, purpose)
  WHERE state IN ('PENDING', 'PLANNED') AND NOT restored;
CREATE INDEX account_transfer_pending ON account_transfer (chain_id, from_account_id) WHERE state = 'PENDING';
CREATE UNIQUE INDEX account_transfer_chain_tx ON account_transfer (chain_tx_id, chain_tx_position)
  WHERE chain_tx_id IS NOT NULL;
CREATE INDEX account_transfer_last ON account_transfer (subject_account_id, asset_id, purpose, number);
CREATE UNIQUE INDEX account_transfer_number ON account_transfer (chain_id, number);

CREATE TABLE account_transfer_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  -- As for withdrawals: PAID, the contract recorded the item as paid, at final depth; UNPAID, the nonce was consumed, at
  -- final depth, by something that did not pay it.
  proof text CHECK (proof IN ('PAID', 'UNPAID')),
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO account_transfer_transition VALUES
  ('PENDING', 'PLANNED', NULL),
  ('PENDING', 'CANCELED', NULL),
  ('PLANNED', 'CONFIRMED', 'PAID'),
  ('PLANNED', 'FAILED', 'UNPAID');

CREATE FUNCTION account_transfer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  x record;
  needed text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.version <> 1 OR NOT (NEW.state = 'PENDING' OR (NEW.state = 'PLANNED' AND NEW.restored)) THEN
      RAISE EXCEPTION 'transfer %: it begins as PENDING', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF (SELECT count(*) FROM sub_account s WHERE s.id IN (NEW.from_account_id, NEW.to_account_id)
           AND s.chain_id = NEW.chain_id) <> 2
       OR NOT EXISTS (SELECT 1 FROM asset a WHERE a.id = NEW.asset_id AND a.chain_id = NEW.chain_id) THEN
      RAISE EXCEPTION 'transfer %: accounts and asset are not all of chain %', NEW.id, NEW.chain_id
        USING ERRCODE = 'restrict_violation';
    END IF;
  ELSE
    IF (NEW.id, NEW.number, NEW.chain_id, NEW.asset_id, NEW.from_account_id, NEW.to_account_id, NEW.amount, NEW.purpose,
        NEW.actor, NEW.reason, NEW.failures_before, NEW.restored, NEW.created_at)
       IS DISTINCT FROM
       (OLD.id, OLD.number, OLD.chain_id, OLD.asset_id, OLD.from_account_id, OLD.to_account_id, OLD.amount, OLD.purpose,
        OLD.actor, OLD.reason, OLD.failures_before, OLD.restored, OLD.created_at)
       OR NEW.version <> OLD.version + (NEW.state <> OLD.state)::integer
       OR ((NEW.chain_tx_id, NEW.chain_tx_position) IS DISTINCT FROM (OLD.chain_tx_id, OLD.chain_tx_position)
           AND NOT (OLD.state = 'PENDING' AND NEW.state = 'PLANNED')) THEN
      RAISE EXCEPTION 'transfer %: what was decided is frozen', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.state = OLD.state THEN RETURN NEW; END IF;
    SELECT t.proof INTO needed FROM account_transfer_transition t
     WHERE t.from_state = OLD.state AND t.to_state = NEW.state;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'transfer %: % may not become %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = 'restrict_violation';
    END IF;
  END IF;
  IF NEW.chain_tx_id IS NULL THEN RETURN NEW; END IF;
  SELECT c.kind, c.state, c.outcomes, c.sub_account_id, c.asset_id, c.item_count INTO x
    FROM chain_tx c WHERE c.id = NEW.chain_tx_id;
  IF (x.kind, x.sub_account_id, x.asset_id) IS DISTINCT FROM ('TRANSFER', NEW.from_account_id, NEW.asset_id)
     OR NEW.chain_tx_position NOT BETWEEN 0 AND x.item_count - 1 THEN
    RAISE EXCEPTION 'transfer %: chain transaction % does not carry it', NEW.id, NEW.chain_tx_id
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF (needed = 'PAID' AND NOT coalesce(x.state = 'EXECUTED' AND get_byte(x.outcomes, NEW.chain_tx_position) = 1, false))
     OR (needed = 'UNPAID' AND NOT coalesce(x.state IN ('REVERTED', 'CANCELED', 'DISPLACED')
           OR (x.state = 'EXECUTED' AND get_byte(x.outcomes, NEW.chain_tx_position) <> 1), false)) THEN
    RAISE EXCEPTION 'transfer %: % may not become % (proof needed: %)', NEW.id, OLD.state, NEW.state, needed
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_transfer_guard BEFORE INSERT OR UPDATE ON account_transfer
  FOR EACH ROW EXECUTE FUNCTION account_transfer_guard();
CREATE TRIGGER account_transfer_no_delete BEFORE DELETE ON account_transfer
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER account_transfer_no_truncate BEFORE TRUNCATE ON account_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- TRANSFER: moves between our own accounts. Whatever kind comes later has a record of the contract, too, unless it says
-- otherwise here.
ALTER TABLE chain_tx
  DROP CONSTRAINT chain_tx_kind_check,
  ADD CONSTRAINT chain_tx_kind_check CHECK (kind IN ('PAYOUT', 'APPROVAL', 'TRANSFER')),
  DROP CONSTRAINT chain_tx_check1,
  ADD CONSTRAINT chain_tx_outcomes_check CHECK (
    state <> 'EXECUTED' OR kind = 'APPROVAL' OR (outcomes IS NOT NULL AND length(outcomes) = item_count));
-- What left our accounts lately, for the forecast: as many rows as batches, not as withdrawals.
CREATE INDEX chain_tx_final ON chain_tx (chain_id, final_at) WHERE final_at IS NOT NULL;
