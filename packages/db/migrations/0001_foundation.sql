-- Organisations, API keys, idempotency, chains and assets.

CREATE TABLE organisation (
  id uuid PRIMARY KEY,
  name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_key (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  -- 'test' keys reach test and local chains only, 'live' keys main networks only.
  network text NOT NULL CHECK (network IN ('test', 'live')),
  -- The first characters, for people to tell keys apart; the key itself is stored as its SHA-256 only.
  prefix text NOT NULL CHECK (length(prefix) BETWEEN 8 AND 20),
  key_hash bytea NOT NULL UNIQUE CHECK (length(key_hash) = 32),
  scopes text[] NOT NULL,
  ip_allow_list cidr[],
  requests_per_minute_max integer NOT NULL CHECK (requests_per_minute_max > 0),
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX api_key_organisation ON api_key (organisation_id);

-- One row for each command that a caller gave a key to, written in the transaction of its effect.
CREATE TABLE idempotency_record (
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  command text NOT NULL,
  input_hash bytea NOT NULL CHECK (length(input_hash) = 32),
  -- What the command made, or why it was refused: exactly one of the two.
  resource_id uuid,
  refusal jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organisation_id, key),
  CHECK (resource_id IS NULL OR refusal IS NULL)
);
CREATE INDEX idempotency_record_age ON idempotency_record USING brin (created_at);

CREATE TABLE chain (
  id text PRIMARY KEY CHECK (id ~ '^[a-z][a-z0-9-]{1,40}$'),
  evm_chain_id bigint NOT NULL UNIQUE CHECK (evm_chain_id > 0),
  name text NOT NULL,
  network text NOT NULL CHECK (network IN ('local', 'test', 'main')),
  native_symbol text NOT NULL,
  gas_model text NOT NULL CHECK (gas_model IN ('eip1559', 'legacy')),
  block_time_ms integer NOT NULL CHECK (block_time_ms > 0),
  -- Blocks, the one that holds the transaction included, before a payment counts as final.
  confirmations integer NOT NULL CHECK (confirmations BETWEEN 1 AND 10000),
  tx_gas_max bigint NOT NULL CHECK (tx_gas_max >= 100000),
  -- What a rollup charges in gas for publishing one item's data on its parent chain; 0 elsewhere.
  data_gas_per_item bigint NOT NULL DEFAULT 0 CHECK (data_gas_per_item >= 0),
  batch_items_max integer NOT NULL CHECK (batch_items_max BETWEEN 1 AND 1500),
  in_flight_per_account_max integer NOT NULL CHECK (in_flight_per_account_max BETWEEN 1 AND 64),
  fee_per_gas_wei_max numeric(78, 0) NOT NULL CHECK (fee_per_gas_wei_max > 0),
  -- The least tip that the chain's nodes take.
  tip_per_gas_wei_min numeric(78, 0) NOT NULL DEFAULT 0 CHECK (tip_per_gas_wei_min >= 0),
  explorer_url text,
  payout_contract text CHECK (payout_contract ~ '^0x[0-9a-fA-F]{40}$'),
  enabled boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK (NOT enabled OR payout_contract IS NOT NULL)
);

CREATE TABLE asset (
  -- 'chain:CODE', as in 'polygon:USDC'.
  id text PRIMARY KEY,
  chain_id text NOT NULL REFERENCES chain (id),
  code text NOT NULL CHECK (code ~ '^[A-Z0-9]{2,12}$'),
  symbol text NOT NULL,
  -- NULL for the chain's native coin.
  address text CHECK (address ~ '^0x[0-9a-fA-F]{40}$'),
  decimals integer NOT NULL CHECK (decimals BETWEEN 0 AND 30),
  minimum numeric(78, 0) NOT NULL CHECK (minimum >= 0),
  -- Gas that an item of a batch costs, calldata and log included: what the gas limit of a batch is made of.
  gas_per_item bigint NOT NULL CHECK (gas_per_item BETWEEN 5000 AND 1000000),
  -- Gas that the contract lets one transfer use at most. What this leaves short is not attempted and planned again.
  transfer_gas_max bigint NOT NULL CHECK (transfer_gas_max BETWEEN 2300 AND 1000000),
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (chain_id, code),
  UNIQUE NULLS NOT DISTINCT (chain_id, address),
  CHECK (id = chain_id || ':' || code)
);
