-- Deposits: addresses that organisations are paid at, what arrived there, how it was credited and swept; and reports of
-- what is owed against what is held.

-- The factory whose forwarders are the deposit addresses of a chain; NULL: no deposits on it.
ALTER TABLE chain ADD COLUMN deposit_factory text CHECK (deposit_factory ~ '^0x[0-9a-fA-F]{40}$');

-- DEPOSIT_WALLET: what deposit addresses hold. SUSPENSE: what arrived there and is credited to nobody yet.
ALTER TABLE ledger_account
  DROP CONSTRAINT ledger_account_kind_check,
  ADD CONSTRAINT ledger_account_kind_check
    CHECK (kind IN ('CUSTOMER', 'HOUSE', 'HOT_WALLET', 'GAS', 'FEE', 'DEPOSIT_WALLET', 'SUSPENSE')),
  ADD CONSTRAINT ledger_account_suspense CHECK (kind <> 'SUSPENSE' OR NOT may_overdraw);
ALTER TABLE ledger_transfer
  DROP CONSTRAINT ledger_transfer_reason_check,
  ADD CONSTRAINT ledger_transfer_reason_check
    CHECK (reason IN ('WITHDRAWAL', 'CREDIT', 'FUNDING', 'GAS', 'ADJUSTMENT', 'FEE', 'DEPOSIT', 'SWEEP'));
ALTER TABLE chain_tx
  DROP CONSTRAINT chain_tx_kind_check,
  ADD CONSTRAINT chain_tx_kind_check CHECK (kind IN ('PAYOUT', 'APPROVAL', 'TRANSFER', 'DEPOSIT_SWEEP')),
  DROP CONSTRAINT chain_tx_outcomes_check,
  -- What a sweep did, the factory's logs say.
  ADD CONSTRAINT chain_tx_outcomes_check CHECK (
    state <> 'EXECUTED' OR kind IN ('APPROVAL', 'DEPOSIT_SWEEP')
    OR (outcomes IS NOT NULL AND length(outcomes) = item_count));

CREATE TABLE deposit_address (
  -- Also the salt of its forwarder: 16 bytes and 16 zero bytes.
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  chain_id text NOT NULL REFERENCES chain (id),
  -- The chain's of the time: an address never moves to another.
  factory text NOT NULL CHECK (factory ~ '^0x[0-9a-fA-F]{40}$'),
  -- EIP-55.
  address text NOT NULL CHECK (address ~ '^0x[0-9a-fA-F]{40}$'),
  label text CHECK (length(label) BETWEEN 1 AND 255),
  -- Whether the native coin is received there too: only a forwarder that is there logs it.
  takes_coin boolean NOT NULL,
  -- OPEN: tokens are seen. DEPLOYED: its forwarder is there, at final depth; the coin is seen as well.
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'DEPLOYED')),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (chain_id, address)
);
CREATE INDEX deposit_address_organisation ON deposit_address (organisation_id, id);
CREATE INDEX deposit_address_chain ON deposit_address (chain_id, id);
CREATE INDEX deposit_address_undeployed ON deposit_address (chain_id, factory, id) WHERE state = 'OPEN' AND takes_coin;
CREATE FUNCTION deposit_address_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE'
     OR (NEW.id, NEW.organisation_id, NEW.chain_id, NEW.factory, NEW.address, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.organisation_id, OLD.chain_id, OLD.factory, OLD.address, OLD.created_at)
     OR (OLD.state = 'DEPLOYED' AND NEW.state <> 'DEPLOYED') THEN
    RAISE EXCEPTION 'deposit address %: what was given out stays', OLD.address USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deposit_address_guard BEFORE UPDATE OR DELETE ON deposit_address
  FOR EACH ROW EXECUTE FUNCTION deposit_address_guard();
CREATE TRIGGER deposit_address_audit AFTER INSERT OR UPDATE OR DELETE ON deposit_address
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- What an address has received and what of it went to the treasury, by the chain's logs at final depth.
CREATE TABLE deposit_holding (
  deposit_address_id uuid NOT NULL REFERENCES deposit_address (id),
  asset_id text NOT NULL REFERENCES asset (id),
  received numeric(78, 0) NOT NULL DEFAULT 0 CHECK (received >= 0),
  swept numeric(78, 0) NOT NULL DEFAULT 0 CHECK (swept >= 0),
  PRIMARY KEY (deposit_address_id, asset_id)
);
CREATE INDEX deposit_holding_unswept ON deposit_holding (asset_id, deposit_address_id) WHERE received > swept;

-- Below `minimum` a deposit is not credited by itself; below `sweep_minimum` an address is not worth a sweep.
CREATE TABLE deposit_limit (
  asset_id text PRIMARY KEY REFERENCES asset (id),
  minimum numeric(78, 0) NOT NULL CHECK (minimum >= 0),
  sweep_minimum numeric(78, 0) NOT NULL CHECK (sweep_minimum >= 0),
  -- An operator's wish: at its next look the processor sweeps whatever there is, once.
  sweep_once boolean NOT NULL DEFAULT false
);
CREATE TRIGGER deposit_limit_audit AFTER INSERT OR UPDATE OR DELETE ON deposit_limit
  FOR EACH ROW EXECUTE FUNCTION audit_change('asset_id');

-- One log of the chain each.
CREATE TABLE deposit (
  -- Follows from chain, transaction and log index: a deposit that is found again after a restore has the same.
  id uuid PRIMARY KEY,
  position bigint GENERATED ALWAYS AS IDENTITY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  chain_id text NOT NULL REFERENCES chain (id),
  deposit_address_id uuid NOT NULL REFERENCES deposit_address (id),
  -- NULL: of a token that is not in the catalogue.
  asset_id text REFERENCES asset (id),
  -- NULL: the native coin.
  token text CHECK (token ~ '^0x[0-9a-fA-F]{40}$'),
  amount numeric(78, 0) NOT NULL CHECK (amount > 0),
  from_address text NOT NULL CHECK (from_address ~ '^0x[0-9a-fA-F]{40}$'),
  transaction_hash text NOT NULL CHECK (transaction_hash ~ '^0x[0-9a-f]{64}$'),
  log_index integer NOT NULL CHECK (log_index >= 0),
  block_number bigint NOT NULL CHECK (block_number >= 0),
  block_hash text NOT NULL CHECK (block_hash ~ '^0x[0-9a-f]{64}$'),
  state text NOT NULL DEFAULT 'DETECTED' CHECK (state IN ('DETECTED', 'CREDITED', 'UNCREDITED', 'ORPHANED')),
  -- Why it is UNCREDITED.
  uncredited_reason text CHECK (uncredited_reason IN (
    'token_unknown', 'asset_disabled', 'below_minimum', 'amount_too_large')),
  version integer NOT NULL DEFAULT 1,
  -- Blocks, its own included, when it was found final.
  depth bigint CHECK (depth > 0),
  detected_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  credited_at timestamptz,
  UNIQUE (chain_id, transaction_hash, log_index),
  -- An asset is named 'chain:CODE', and what arrived on one chain is of that chain.
  CHECK (split_part(asset_id, ':', 1) = chain_id),
  CHECK ((state = 'UNCREDITED') = (uncredited_reason IS NOT NULL)),
  CHECK ((state = 'CREDITED') = (credited_at IS NOT NULL)),
  CHECK (state IN ('DETECTED', 'ORPHANED') OR depth IS NOT NULL)
);
CREATE UNIQUE INDEX deposit_list ON deposit (organisation_id, position);
CREATE INDEX deposit_open ON deposit (chain_id, block_number) WHERE state = 'DETECTED';
CREATE INDEX deposit_uncredited ON deposit (position) WHERE state = 'UNCREDITED';
CREATE INDEX deposit_of_address ON deposit (deposit_address_id, position);

CREATE TABLE deposit_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO deposit_transition VALUES
  ('DETECTED', 'CREDITED'),
  ('DETECTED', 'UNCREDITED'),
  ('DETECTED', 'ORPHANED'),
  ('ORPHANED', 'DETECTED'),
  ('UNCREDITED', 'CREDITED');

-- Every step is an edge of the table; what a log says may change only when another block has another log in its place;
-- and CREDITED needs the ledger's transfer to the very organisation, of the very amount.
CREATE FUNCTION deposit_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'DETECTED' OR NEW.version <> 1 THEN
      RAISE EXCEPTION 'deposit %: begins DETECTED, not %', NEW.id, NEW.state USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF OLD.state = 'CREDITED' THEN
    RAISE EXCEPTION 'deposit %: CREDITED is final', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = OLD.state OR NEW.version <> OLD.version + 1 OR NOT EXISTS (
       SELECT 1 FROM deposit_transition t WHERE t.from_state = OLD.state AND t.to_state = NEW.state) THEN
    RAISE EXCEPTION 'deposit %: % may not become %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF (NEW.id, NEW.chain_id, NEW.transaction_hash, NEW.log_index)
       IS DISTINCT FROM (OLD.id, OLD.chain_id, OLD.transaction_hash, OLD.log_index)
     OR (NEW.state <> 'DETECTED' AND (
           (NEW.organisation_id, NEW.deposit_address_id, NEW.token, NEW.amount, NEW.from_address, NEW.block_number,
            NEW.block_hash)
           IS DISTINCT FROM
           (OLD.organisation_id, OLD.deposit_address_id, OLD.token, OLD.amount, OLD.from_address, OLD.block_number,
            OLD.block_hash)
           -- A token may have come into the catalogue since.
           OR (OLD.asset_id IS NOT NULL AND NEW.asset_id IS DISTINCT FROM OLD.asset_id))) THEN
    RAISE EXCEPTION 'deposit %: what the chain said is kept as it is', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state = 'CREDITED' AND NOT EXISTS (
       SELECT 1 FROM ledger_transfer t JOIN ledger_account a ON a.id = t.credit_account_id
        WHERE t.reference_id = NEW.id AND t.kind = 'SINGLE' AND t.reason = 'DEPOSIT' AND t.amount = NEW.amount
          AND a.kind = 'CUSTOMER' AND a.organisation_id = NEW.organisation_id AND a.asset_id = NEW.asset_id) THEN
    RAISE EXCEPTION 'deposit %: the ledger has not credited it', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deposit_guard BEFORE INSERT OR UPDATE ON deposit FOR EACH ROW EXECUTE FUNCTION deposit_guard();
CREATE TRIGGER deposit_no_delete BEFORE DELETE ON deposit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposit_no_truncate BEFORE TRUNCATE ON deposit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Every change of state, in the transaction that makes it; a log to be read by position, as withdrawal_event is.
CREATE TABLE deposit_event (
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  position bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  deposit_id uuid NOT NULL REFERENCES deposit (id),
  version integer NOT NULL,
  from_state text,
  to_state text NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (deposit_id, version)
);
CREATE TRIGGER deposit_event_immutable BEFORE UPDATE OR DELETE ON deposit_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER deposit_event_no_truncate BEFORE TRUNCATE ON deposit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Which addresses a sweep is for, in the order of its salts.
CREATE TABLE deposit_sweep (
  chain_tx_id uuid NOT NULL REFERENCES chain_tx (id),
  position integer NOT NULL CHECK (position >= 0),
  deposit_address_id uuid NOT NULL REFERENCES deposit_address (id),
  PRIMARY KEY (chain_tx_id, position)
);
CREATE INDEX deposit_sweep_address ON deposit_sweep (deposit_address_id);
CREATE TRIGGER deposit_sweep_immutable BEFORE UPDATE OR DELETE ON deposit_sweep
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- How far a chain was read for deposits. Up to final_number: at final depth, and booked. Up to seen_number: shown as
-- DETECTED, and read again from final_number on when seen_hash is on the chain no more.
CREATE TABLE deposit_cursor (
  chain_id text PRIMARY KEY REFERENCES chain (id),
  final_number bigint NOT NULL CHECK (final_number >= 0),
  seen_number bigint NOT NULL,
  seen_hash text CHECK (seen_hash ~ '^0x[0-9a-f]{64}$'),
  lease_owner text,
  lease_until timestamptz,
  -- One more with every change of owner, as in chain_cursor.
  epoch bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (seen_number >= final_number)
);
CREATE FUNCTION deposit_cursor_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.final_number < OLD.final_number OR NEW.epoch < OLD.epoch THEN
    RAISE EXCEPTION 'deposit cursor of %: what was booked is not read again', OLD.chain_id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER deposit_cursor_guard BEFORE UPDATE ON deposit_cursor
  FOR EACH ROW EXECUTE FUNCTION deposit_cursor_guard();

-- What was owed and what was held at one moment. `body` is the text that `hash` is the SHA-256 of.
CREATE TABLE reserves_report (
  id uuid PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now(),
  body text NOT NULL,
  hash bytea NOT NULL UNIQUE CHECK (hash = sha256(convert_to(body, 'UTF8')))
);
-- The balances of a report, in the order of its trees. The salt keeps a neighbour in the tree from guessing a balance.
CREATE TABLE reserves_leaf (
  report_id uuid NOT NULL REFERENCES reserves_report (id) DEFERRABLE INITIALLY DEFERRED,
  asset_id text NOT NULL REFERENCES asset (id),
  position integer NOT NULL CHECK (position >= 0),
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  amount numeric(78, 0) NOT NULL CHECK (amount >= 0),
  salt bytea NOT NULL CHECK (length(salt) = 32),
  PRIMARY KEY (report_id, asset_id, position)
);
CREATE UNIQUE INDEX reserves_leaf_organisation ON reserves_leaf (organisation_id, report_id, asset_id);
CREATE TRIGGER reserves_report_immutable BEFORE UPDATE OR DELETE ON reserves_report
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reserves_leaf_immutable BEFORE UPDATE OR DELETE ON reserves_leaf
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
