-- Sub-accounts, chain transactions and withdrawals: the money path.

CREATE TABLE sub_account (
  id uuid PRIMARY KEY,
  chain_id text NOT NULL REFERENCES chain (id),
  address text NOT NULL CHECK (address ~ '^0x[0-9a-fA-F]{40}$'),
  -- The only nonce counter there is: taken and raised in the transaction that writes the chain transaction.
  next_nonce bigint NOT NULL DEFAULT 0 CHECK (next_nonce >= 0),
  state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'PAUSED', 'RETIRED')),
  pause_reason text,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (chain_id, address),
  CHECK ((state = 'PAUSED') = (pause_reason IS NOT NULL))
) WITH (fillfactor = 50);

-- A nonce counter never runs backward: a nonce once given out is never given out again.
CREATE FUNCTION sub_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.next_nonce < OLD.next_nonce OR (NEW.chain_id, NEW.address) IS DISTINCT FROM (OLD.chain_id, OLD.address) THEN
    RAISE EXCEPTION 'sub-account %: nonce % may not become %', OLD.address, OLD.next_nonce, NEW.next_nonce
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER sub_account_guard BEFORE UPDATE ON sub_account FOR EACH ROW EXECUTE FUNCTION sub_account_guard();

CREATE TABLE chain_tx (
  -- Also the batch id on chain.
  id uuid PRIMARY KEY,
  chain_id text NOT NULL REFERENCES chain (id),
  sub_account_id uuid NOT NULL REFERENCES sub_account (id),
  nonce bigint NOT NULL CHECK (nonce >= 0),
  kind text NOT NULL CHECK (kind IN ('PAYOUT', 'APPROVAL')),
  asset_id text NOT NULL REFERENCES asset (id),
  priority text NOT NULL CHECK (priority IN ('STANDARD', 'VIP', 'EMERGENCY')),
  item_count integer NOT NULL CHECK (item_count >= 0),
  amount numeric(78, 0) NOT NULL CHECK (amount >= 0),
  -- The payload, frozen when the nonce is taken.
  to_address text NOT NULL CHECK (to_address ~ '^0x[0-9a-fA-F]{40}$'),
  data bytea NOT NULL,
  value_wei numeric(78, 0) NOT NULL CHECK (value_wei >= 0),
  gas bigint NOT NULL CHECK (gas > 0),
  gas_per_item bigint NOT NULL,
  state text NOT NULL DEFAULT 'PLANNED' CHECK (state IN (
    'PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED', 'EXECUTED', 'REVERTED', 'CANCELED', 'DISPLACED')),
  version integer NOT NULL DEFAULT 1,
  -- A wish for one more signed attempt: BUMP raises the fees, CANCEL frees the nonce by a self-transfer.
  wanted text CHECK (wanted IN ('BUMP', 'CANCEL')),
  lease_owner text,
  lease_until timestamptz,
  not_before timestamptz NOT NULL DEFAULT now(),
  failure_count integer NOT NULL DEFAULT 0,
  last_error text,
  -- Where a block holds it, and which attempt that was (NULL: a transaction that is none of ours took the nonce).
  block_number bigint,
  block_hash text,
  mined_attempt integer,
  -- One byte for each item in the order of the batch, from the contract's own record: 0 not attempted, 1 paid,
  -- 2 reverted, 3 returned false.
  outcomes bytea,
  gas_used bigint,
  gas_price_wei numeric(78, 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  broadcasted_at timestamptz,
  mined_at timestamptz,
  final_at timestamptz,
  UNIQUE (sub_account_id, nonce),
  CHECK ((block_number IS NULL) = (block_hash IS NULL)),
  CHECK (state <> 'EXECUTED' OR kind <> 'PAYOUT' OR (outcomes IS NOT NULL AND length(outcomes) = item_count))
) WITH (fillfactor = 70);
CREATE INDEX chain_tx_open ON chain_tx (chain_id, sub_account_id, nonce)
  WHERE state IN ('PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'MINED');

CREATE TABLE chain_tx_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO chain_tx_transition VALUES
  ('PLANNED', 'SIGNED'),
  ('SIGNED', 'BROADCASTING'),
  ('BROADCASTING', 'BROADCASTED'),
  ('SIGNED', 'MINED'),
  ('BROADCASTING', 'MINED'),
  ('BROADCASTED', 'MINED'),
  ('MINED', 'BROADCASTED'),
  ('MINED', 'EXECUTED'),
  ('MINED', 'REVERTED'),
  ('MINED', 'CANCELED'),
  ('MINED', 'DISPLACED'),
  ('PLANNED', 'MINED');

-- Frozen is frozen, final is final, and every step is an edge of the table above.
CREATE FUNCTION chain_tx_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.chain_id, NEW.sub_account_id, NEW.nonce, NEW.kind, NEW.asset_id, NEW.to_address, NEW.data,
      NEW.value_wei, NEW.gas, NEW.gas_per_item, NEW.item_count, NEW.amount)
     IS DISTINCT FROM
     (OLD.id, OLD.chain_id, OLD.sub_account_id, OLD.nonce, OLD.kind, OLD.asset_id, OLD.to_address, OLD.data,
      OLD.value_wei, OLD.gas, OLD.gas_per_item, OLD.item_count, OLD.amount) THEN
    RAISE EXCEPTION 'chain transaction %: its payload is frozen', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.state IN ('EXECUTED', 'REVERTED', 'CANCELED', 'DISPLACED') THEN
    RAISE EXCEPTION 'chain transaction %: % is final', OLD.id, OLD.state USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT EXISTS (
       SELECT 1 FROM chain_tx_transition t WHERE t.from_state = OLD.state AND t.to_state = NEW.state) THEN
    RAISE EXCEPTION 'chain transaction %: % may not become %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER chain_tx_guard BEFORE UPDATE ON chain_tx FOR EACH ROW EXECUTE FUNCTION chain_tx_guard();
CREATE TRIGGER chain_tx_no_delete BEFORE DELETE ON chain_tx FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every set of bytes ever signed for a nonce, stored before it is sent, and kept.
CREATE TABLE chain_tx_attempt (
  chain_tx_id uuid NOT NULL REFERENCES chain_tx (id),
  number integer NOT NULL CHECK (number >= 1),
  purpose text NOT NULL CHECK (purpose IN ('PAY', 'CANCEL')),
  hash text NOT NULL UNIQUE CHECK (hash ~ '^0x[0-9a-f]{64}$'),
  raw bytea NOT NULL,
  -- EIP-1559: ceiling and tip. Legacy: the gas price in both.
  fee_per_gas_wei_max numeric(78, 0) NOT NULL CHECK (fee_per_gas_wei_max > 0),
  tip_per_gas_wei numeric(78, 0) NOT NULL CHECK (tip_per_gas_wei >= 0),
  send_count integer NOT NULL DEFAULT 0,
  last_sent_at timestamptz,
  last_outcome text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (chain_tx_id, number)
);
CREATE FUNCTION chain_tx_attempt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (NEW.chain_tx_id, NEW.number, NEW.purpose, NEW.hash, NEW.raw)
     IS DISTINCT FROM (OLD.chain_tx_id, OLD.number, OLD.purpose, OLD.hash, OLD.raw) THEN
    RAISE EXCEPTION 'signed bytes are kept as they are' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER chain_tx_attempt_guard BEFORE UPDATE OR DELETE ON chain_tx_attempt
  FOR EACH ROW EXECUTE FUNCTION chain_tx_attempt_guard();

CREATE TABLE bulk_withdrawal (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  total integer NOT NULL CHECK (total > 0),
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bulk_withdrawal_organisation ON bulk_withdrawal (organisation_id, id);

CREATE TABLE withdrawal (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  chain_id text NOT NULL REFERENCES chain (id),
  asset_id text NOT NULL REFERENCES asset (id),
  to_address text NOT NULL CHECK (to_address ~ '^0x[0-9a-fA-F]{40}$'),
  -- The contract takes amounts of 128 bits.
  amount numeric(78, 0) NOT NULL CHECK (amount > 0 AND amount < 340282366920938463463374607431768211456),
  priority text NOT NULL CHECK (priority IN ('STANDARD', 'VIP', 'EMERGENCY')),
  reference text CHECK (length(reference) <= 255),
  metadata jsonb NOT NULL DEFAULT '{}',
  bulk_id uuid REFERENCES bulk_withdrawal (id),
  bulk_row integer,
  state text NOT NULL DEFAULT 'PENDING' CHECK (state IN (
    'PENDING', 'VALIDATING', 'REVIEW', 'SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING',
    'CONFIRMED', 'FAILED', 'CANCELED')),
  version integer NOT NULL DEFAULT 1,
  -- The chain transaction that pays it, and its place in the batch. NULL: not planned.
  chain_tx_id uuid REFERENCES chain_tx (id),
  chain_tx_position integer,
  plan_count integer NOT NULL DEFAULT 0,
  not_before timestamptz NOT NULL DEFAULT now(),
  failure_code text,
  failure_message text,
  failure_retryable boolean,
  -- The moment inside the id, so that the order of ids is the order of times.
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  confirmed_at timestamptz,
  CHECK ((chain_tx_id IS NULL) = (chain_tx_position IS NULL)),
  CHECK ((state = 'FAILED') = (failure_code IS NOT NULL)),
  CHECK ((state = 'CONFIRMED') = (confirmed_at IS NOT NULL)),
  CHECK (state NOT IN ('PENDING', 'VALIDATING', 'REVIEW', 'CANCELED') OR chain_tx_id IS NULL),
  CHECK (state NOT IN ('SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING', 'CONFIRMED')
         OR chain_tx_id IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX withdrawal_pending ON withdrawal (chain_id, id) WHERE state = 'PENDING';
CREATE INDEX withdrawal_validating ON withdrawal (chain_id, asset_id, priority, id) WHERE state = 'VALIDATING';
CREATE UNIQUE INDEX withdrawal_chain_tx ON withdrawal (chain_tx_id, chain_tx_position) WHERE chain_tx_id IS NOT NULL;
CREATE INDEX withdrawal_exception ON withdrawal (organisation_id, state, id)
  WHERE state IN ('REVIEW', 'FAILED', 'CANCELED');
CREATE INDEX withdrawal_list ON withdrawal (organisation_id, id);
CREATE INDEX withdrawal_to ON withdrawal (organisation_id, to_address, id);
CREATE INDEX withdrawal_reference ON withdrawal (organisation_id, reference, id) WHERE reference IS NOT NULL;
CREATE INDEX withdrawal_bulk ON withdrawal (bulk_id, bulk_row) WHERE bulk_id IS NOT NULL;

CREATE TABLE withdrawal_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  -- What the chain must have said, by the withdrawal's chain transaction, before the database takes the step:
  -- PAID    the contract recorded this item as paid, at final depth
  -- UNPAID  at final depth the nonce was consumed by something that did not pay this item
  proof text CHECK (proof IN ('PAID', 'UNPAID')),
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO withdrawal_transition VALUES
  ('PENDING', 'VALIDATING', NULL),
  ('PENDING', 'CANCELED', NULL),
  ('VALIDATING', 'REVIEW', NULL),
  ('VALIDATING', 'SIGNING', NULL),
  ('VALIDATING', 'FAILED', NULL),
  ('VALIDATING', 'CANCELED', NULL),
  ('REVIEW', 'VALIDATING', NULL),
  ('REVIEW', 'FAILED', NULL),
  ('REVIEW', 'CANCELED', NULL),
  ('SIGNING', 'SIGNED', NULL),
  ('SIGNED', 'BROADCASTING', NULL),
  ('BROADCASTING', 'BROADCASTED', NULL),
  ('SIGNING', 'CONFIRMING', NULL),
  ('SIGNED', 'CONFIRMING', NULL),
  ('BROADCASTING', 'CONFIRMING', NULL),
  ('BROADCASTED', 'CONFIRMING', NULL),
  ('CONFIRMING', 'BROADCASTED', NULL),
  ('CONFIRMING', 'CONFIRMED', 'PAID'),
  ('CONFIRMING', 'FAILED', 'UNPAID'),
  ('CONFIRMING', 'VALIDATING', 'UNPAID');

-- One check for a whole statement: every changed row took an edge of the table, with the proof that the edge asks for.
CREATE FUNCTION withdrawal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bad record;
BEGIN
  SELECT o.id, o.state AS from_state, n.state AS to_state, t.proof INTO bad
    FROM old_rows o
    JOIN new_rows n ON n.id = o.id
    LEFT JOIN withdrawal_transition t ON t.from_state = o.state AND t.to_state = n.state
    LEFT JOIN chain_tx x ON x.id = o.chain_tx_id
   WHERE (o.state <> n.state AND (
            t.from_state IS NULL
            OR (t.proof = 'PAID' AND NOT coalesce(
                  x.kind = 'PAYOUT' AND x.state = 'EXECUTED' AND get_byte(x.outcomes, o.chain_tx_position) = 1, false))
            OR (t.proof = 'UNPAID' AND NOT coalesce(
                  x.state IN ('REVERTED', 'CANCELED', 'DISPLACED')
                  OR (x.state = 'EXECUTED' AND get_byte(x.outcomes, o.chain_tx_position) <> 1), false))))
      OR n.version <> o.version + CASE WHEN o.state <> n.state THEN 1 ELSE 0 END
      -- A proof is that of the transaction a withdrawal was planned in: it changes with the plan, and only then.
      OR ((n.chain_tx_id, n.chain_tx_position) IS DISTINCT FROM (o.chain_tx_id, o.chain_tx_position)
          AND NOT (o.state = 'VALIDATING' AND n.state = 'SIGNING')
          AND NOT (o.state = 'CONFIRMING' AND n.state = 'VALIDATING'))
      OR (n.organisation_id, n.chain_id, n.asset_id, n.to_address, n.amount, n.priority, n.created_at)
         IS DISTINCT FROM (o.organisation_id, o.chain_id, o.asset_id, o.to_address, o.amount, o.priority, o.created_at)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'withdrawal %: % may not become % (proof needed: %)', bad.id, bad.from_state, bad.to_state,
      coalesce(bad.proof, 'none') USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER withdrawal_guard AFTER UPDATE ON withdrawal
  REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION withdrawal_guard();
CREATE TRIGGER withdrawal_no_delete BEFORE DELETE ON withdrawal FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Every change of state, in the transaction that makes it. This log is also the outbox: consumers read it by position,
-- up to the oldest transaction still open, so that a late commit is never skipped.
CREATE TABLE withdrawal_event (
  position bigint GENERATED ALWAYS AS IDENTITY,
  withdrawal_id uuid NOT NULL REFERENCES withdrawal (id),
  version integer NOT NULL,
  from_state text,
  to_state text NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  chain_tx_id uuid,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (withdrawal_id, version)
);
CREATE INDEX withdrawal_event_position ON withdrawal_event (position);
CREATE TRIGGER withdrawal_event_immutable BEFORE UPDATE OR DELETE ON withdrawal_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Ceilings of an organisation for an asset; no row: no ceiling but the balance.
CREATE TABLE withdrawal_limit (
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  asset_id text NOT NULL REFERENCES asset (id),
  per_withdrawal_max numeric(78, 0) NOT NULL CHECK (per_withdrawal_max > 0),
  -- For a day in Asia/Seoul.
  daily_max numeric(78, 0) NOT NULL CHECK (daily_max > 0),
  PRIMARY KEY (organisation_id, asset_id)
);
CREATE TABLE withdrawal_usage (
  organisation_id uuid NOT NULL,
  asset_id text NOT NULL,
  day date NOT NULL,
  amount numeric(78, 0) NOT NULL DEFAULT 0 CHECK (amount >= 0),
  PRIMARY KEY (organisation_id, asset_id, day),
  FOREIGN KEY (organisation_id, asset_id) REFERENCES withdrawal_limit (organisation_id, asset_id)
);

-- How far the monitor has read a chain, and the blocks it may still have to take back.
CREATE TABLE chain_cursor (
  chain_id text PRIMARY KEY REFERENCES chain (id),
  scanned_number bigint NOT NULL CHECK (scanned_number >= 0),
  head_number bigint NOT NULL DEFAULT 0,
  lease_owner text,
  lease_until timestamptz,
  -- One more with every change of owner: a former owner that wakes up late finds its writes refused.
  epoch bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE chain_block (
  chain_id text NOT NULL REFERENCES chain (id),
  number bigint NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (chain_id, number)
);

-- Balances of sub-accounts as last read from the chain; a cache for people and metrics, never a base for a decision.
CREATE TABLE sub_account_balance (
  sub_account_id uuid NOT NULL REFERENCES sub_account (id),
  asset_id text NOT NULL REFERENCES asset (id),
  balance numeric(78, 0) NOT NULL,
  block_number bigint NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (sub_account_id, asset_id)
);
