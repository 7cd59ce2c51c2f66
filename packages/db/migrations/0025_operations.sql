-- What an operator looks at: how fast money moves, how nodes and processes are, whether the books fit, who did what.

-- What happened in five seconds, over all organisations, written by one monitor at a time. Kept for some hours.
CREATE TABLE withdrawal_pulse (
  at timestamptz PRIMARY KEY,
  submitted integer NOT NULL CHECK (submitted >= 0),
  confirmed integer NOT NULL CHECK (confirmed >= 0),
  -- As packages/core/src/withdrawal/failure-cause.ts has it.
  failed_ours integer NOT NULL CHECK (failed_ours >= 0),
  failed_recipient integer NOT NULL CHECK (failed_recipient >= 0),
  failed_decision integer NOT NULL CHECK (failed_decision >= 0),
  -- How long those that were confirmed took: how many in each bin of packages/core/src/overview/latency-bins.ts.
  latency integer[] NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE withdrawal_pulse_cursor (
  id integer PRIMARY KEY CHECK (id = 1),
  position bigint NOT NULL CHECK (position >= 0)
);

-- Which processes run: each says so every few seconds.
CREATE TABLE role_presence (
  owner text PRIMARY KEY CHECK (length(owner) BETWEEN 1 AND 300),
  instance text NOT NULL,
  roles text[] NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- How a process finds the nodes it asks. `provider` is a name, never a URL: those carry keys.
CREATE TABLE rpc_provider_health (
  chain_id text NOT NULL REFERENCES chain (id),
  provider text NOT NULL CHECK (length(provider) BETWEEN 1 AND 300),
  owner text NOT NULL,
  usable boolean NOT NULL,
  breaker text NOT NULL CHECK (breaker IN ('closed', 'open', 'half_open')),
  head_number bigint CHECK (head_number >= 0),
  lag_blocks bigint CHECK (lag_blocks >= 0),
  latency_ms double precision CHECK (latency_ms >= 0),
  -- HTTP requests of the last minute or so, and those without a usable answer.
  requests integer NOT NULL CHECK (requests >= 0),
  failures integer NOT NULL CHECK (failures >= 0 AND failures <= requests),
  problem text CHECK (length(problem) <= 500),
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (chain_id, provider, owner)
) WITH (fillfactor = 50);

-- How full the last blocks of a chain were. A cache of the chain.
CREATE TABLE chain_block_fill (
  chain_id text NOT NULL REFERENCES chain (id),
  number bigint NOT NULL CHECK (number >= 0),
  gas_used bigint NOT NULL CHECK (gas_used >= 0),
  gas_limit bigint NOT NULL CHECK (gas_limit > 0),
  at timestamptz NOT NULL,
  PRIMARY KEY (chain_id, number)
);

-- What a check compared, also where it agreed: amounts as texts.
ALTER TABLE invariant_check ADD COLUMN figures json;

-- Until when nobody is reminded of an alarm.
ALTER TABLE alarm ADD COLUMN snoozed_until timestamptz;
CREATE INDEX alarm_closed ON alarm (id) WHERE closed_at IS NOT NULL;
CREATE INDEX alarm_standing ON alarm (id) WHERE closed_at IS NULL;

-- What an operator looks for in the audit log.
CREATE INDEX audit_event_action ON audit_event (action text_pattern_ops, position);
CREATE INDEX audit_event_request ON audit_event (request_id, position) WHERE request_id IS NOT NULL;

-- Verifications of history that people asked for; a jobs role does them.
CREATE TABLE audit_verification (
  id uuid PRIMARY KEY,
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  state text NOT NULL DEFAULT 'REQUESTED' CHECK (state IN ('REQUESTED', 'RUNNING', 'DONE', 'FAILED')),
  started_at timestamptz,
  -- Of the one that works on it; another takes over when it is old.
  alive_at timestamptz,
  ended_at timestamptz,
  seals_done bigint NOT NULL DEFAULT 0 CHECK (seals_done >= 0),
  seals_total bigint NOT NULL DEFAULT 0 CHECK (seals_total >= 0),
  rows_done bigint NOT NULL DEFAULT 0 CHECK (rows_done >= 0),
  ok boolean,
  head text,
  problems json,
  error text,
  CHECK ((state = 'REQUESTED') = (started_at IS NULL)),
  CHECK ((state IN ('DONE', 'FAILED')) = (ended_at IS NOT NULL)),
  CHECK ((state = 'DONE') = (ok IS NOT NULL))
);
CREATE UNIQUE INDEX audit_verification_open ON audit_verification ((true)) WHERE state IN ('REQUESTED', 'RUNNING');
CREATE INDEX audit_verification_last ON audit_verification (id);
CREATE TRIGGER audit_verification_audit AFTER INSERT ON audit_verification
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- A person says of a day in Korea that the books were looked at and fit.
CREATE TABLE reconciliation_sign_off (
  day date PRIMARY KEY,
  signed_by text NOT NULL,
  note text NOT NULL CHECK (length(note) BETWEEN 1 AND 1000),
  -- What the checks said at that moment.
  checks json NOT NULL,
  signed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER reconciliation_sign_off_audit AFTER INSERT ON reconciliation_sign_off
  FOR EACH ROW EXECUTE FUNCTION audit_change('day');
CREATE TRIGGER reconciliation_sign_off_immutable BEFORE UPDATE OR DELETE ON reconciliation_sign_off
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER reconciliation_sign_off_no_truncate BEFORE TRUNCATE ON reconciliation_sign_off
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
