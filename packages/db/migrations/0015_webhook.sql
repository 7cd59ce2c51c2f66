-- Webhooks: where organisations want to be told of their events, what is told to them, and how each try went.

CREATE TABLE webhook_endpoint (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
  -- Types of events, or groups of them: 'withdrawal.confirmed', 'withdrawal.*', '*'.
  events text[] NOT NULL CHECK (cardinality(events) BETWEEN 1 AND 50),
  description text CHECK (length(description) <= 255),
  state text NOT NULL DEFAULT 'ACTIVE' CHECK (state IN ('ACTIVE', 'PAUSED', 'DISABLED', 'DELETED')),
  -- Why it is not ACTIVE: 'asked' by its owner, 'failing' for long, 'gone' by its own answer.
  state_reason text CHECK (state_reason IN ('asked', 'failing', 'gone')),
  api_version text NOT NULL,
  -- Events of the log after this position are for it.
  from_position bigint NOT NULL CHECK (from_position >= 0),
  -- Position and time up to which it was told everything when it was taken out of use. NULL while it is in use.
  missed_from bigint,
  missed_since timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CHECK ((state = 'ACTIVE') = (state_reason IS NULL)),
  CHECK ((state IN ('PAUSED', 'DISABLED')) = (missed_from IS NOT NULL)),
  CHECK ((missed_from IS NULL) = (missed_since IS NULL))
);
CREATE INDEX webhook_endpoint_list ON webhook_endpoint (organisation_id, id) WHERE state <> 'DELETED';
CREATE INDEX webhook_endpoint_active ON webhook_endpoint (organisation_id) WHERE state = 'ACTIVE';

CREATE TABLE webhook_endpoint_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO webhook_endpoint_transition VALUES
  ('ACTIVE', 'PAUSED'),
  ('ACTIVE', 'DISABLED'),
  ('PAUSED', 'ACTIVE'),
  ('DISABLED', 'ACTIVE'),
  ('ACTIVE', 'DELETED'),
  ('PAUSED', 'DELETED'),
  ('DISABLED', 'DELETED');

CREATE TABLE webhook_message_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO webhook_message_transition VALUES
  ('PENDING', 'DELIVERED'),
  ('PENDING', 'FAILED'),
  ('PENDING', 'SKIPPED'),
  ('DELIVERED', 'PENDING'),
  ('FAILED', 'PENDING'),
  ('SKIPPED', 'PENDING');

-- For both tables: every change of state is an edge of the table that is named after them.
CREATE FUNCTION webhook_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  known boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE from_state = $1 AND to_state = $2)', TG_TABLE_NAME || '_transition')
    INTO known USING OLD.state, NEW.state;
  IF NOT known OR NEW.organisation_id <> OLD.organisation_id THEN
    RAISE EXCEPTION '% %: % may not become %', TG_TABLE_NAME, OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER webhook_endpoint_guard BEFORE UPDATE ON webhook_endpoint FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.organisation_id <> NEW.organisation_id) EXECUTE FUNCTION webhook_guard();
-- Its messages and their tries are its history.
CREATE TRIGGER webhook_endpoint_no_delete BEFORE DELETE ON webhook_endpoint
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER webhook_endpoint_audit AFTER INSERT OR UPDATE OR DELETE ON webhook_endpoint
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- Sealed by a key from configuration (AES-256-GCM). Several are valid at once while one is being replaced.
CREATE TABLE webhook_secret (
  id uuid PRIMARY KEY,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoint (id),
  -- Which key of the configuration: the beginning of its SHA-256.
  key_id text NOT NULL CHECK (key_id ~ '^[0-9a-f]{16}$'),
  -- Nonce, ciphertext, tag.
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- NULL: the present one.
  expires_at timestamptz
);
CREATE UNIQUE INDEX webhook_secret_present ON webhook_secret (endpoint_id) WHERE expires_at IS NULL;
CREATE INDEX webhook_secret_endpoint ON webhook_secret (endpoint_id);

-- How an endpoint does. By itself, as it changes all the time.
CREATE TABLE webhook_endpoint_health (
  endpoint_id uuid PRIMARY KEY REFERENCES webhook_endpoint (id),
  -- Failed tries since the last that was taken.
  failure_count integer NOT NULL DEFAULT 0 CHECK (failure_count >= 0),
  failing_since timestamptz,
  -- Of about the last 50 tries; the newest weigh most.
  success_rate double precision NOT NULL DEFAULT 1 CHECK (success_rate BETWEEN 0 AND 1),
  last_success_at timestamptz,
  last_failure_at timestamptz,
  last_error text,
  -- It asked to be left alone until then.
  hold_until timestamptz,
  CHECK ((failure_count = 0) = (failing_since IS NULL))
) WITH (fillfactor = 50);

-- What was told, as the very text that is signed and sent. One for all endpoints of an organisation.
CREATE TABLE webhook_event (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  type text NOT NULL CHECK (length(type) <= 100),
  -- Of the log of withdrawals; NULL: it happened elsewhere.
  position bigint,
  -- What it is about, and which change of that it is: one after the other, from 1.
  subject text NOT NULL,
  sequence integer NOT NULL CHECK (sequence >= 1),
  at timestamptz NOT NULL,
  body text NOT NULL
);
CREATE INDEX webhook_event_list ON webhook_event (organisation_id, at) WHERE position IS NULL;
CREATE INDEX webhook_event_age ON webhook_event USING brin (at);
CREATE TRIGGER webhook_event_immutable BEFORE UPDATE ON webhook_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- An event for an endpoint. The row is the queue.
CREATE TABLE webhook_message (
  -- Made of endpoint and event: whoever makes it again makes the same.
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoint (id),
  event_id uuid NOT NULL REFERENCES webhook_event (id),
  type text NOT NULL,
  subject text NOT NULL,
  sequence integer NOT NULL,
  state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'DELIVERED', 'FAILED', 'SKIPPED')),
  attempt_count integer NOT NULL DEFAULT 0 CHECK (attempt_count >= 0),
  -- Since it was last put into the queue: the schedule goes by it.
  failure_count integer NOT NULL DEFAULT 0 CHECK (failure_count >= 0),
  not_before timestamptz NOT NULL DEFAULT now(),
  -- The try that is under way, or was when its process died. `not_before` is then the end of its lease.
  claim uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CHECK ((state = 'PENDING') = (ended_at IS NULL)),
  CHECK (claim IS NULL OR state = 'PENDING')
) WITH (fillfactor = 70);
CREATE INDEX webhook_message_due ON webhook_message (endpoint_id, not_before, id) WHERE state = 'PENDING';
CREATE INDEX webhook_message_untried ON webhook_message (endpoint_id, subject, sequence)
  WHERE state = 'PENDING' AND attempt_count = 0;
CREATE INDEX webhook_message_list ON webhook_message (endpoint_id, id);
CREATE INDEX webhook_message_event ON webhook_message (event_id);
CREATE INDEX webhook_message_age ON webhook_message USING brin (created_at);
CREATE TRIGGER webhook_message_guard BEFORE UPDATE ON webhook_message FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.organisation_id <> NEW.organisation_id) EXECUTE FUNCTION webhook_guard();

-- Every try, as it went.
CREATE TABLE webhook_attempt (
  message_id uuid NOT NULL REFERENCES webhook_message (id) ON DELETE CASCADE,
  number integer NOT NULL CHECK (number >= 1),
  at timestamptz NOT NULL,
  duration_ms integer CHECK (duration_ms >= 0),
  -- DELIVERED    answered with 2xx
  -- REFUSED      answered with something else
  -- BLOCKED      not sent: its address is none that we call
  -- UNREACHED    not sent: no connection
  -- UNANSWERED   sent, or partly so, and no whole answer came: it may have arrived
  -- INTERRUPTED  our process ended meanwhile: it may have arrived
  outcome text NOT NULL CHECK (outcome IN
    ('DELIVERED', 'REFUSED', 'BLOCKED', 'UNREACHED', 'UNANSWERED', 'INTERRUPTED')),
  url text NOT NULL,
  -- Address that was connected to.
  address text,
  request_headers json,
  status integer CHECK (status BETWEEN 100 AND 999),
  response_headers json,
  -- Its beginning.
  response_body text,
  error text,
  PRIMARY KEY (message_id, number),
  CHECK ((outcome IN ('DELIVERED', 'REFUSED')) = (status IS NOT NULL))
);
CREATE TRIGGER webhook_attempt_immutable BEFORE UPDATE ON webhook_attempt
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- How far the log of withdrawals was handed on to endpoints. One row.
CREATE TABLE webhook_cursor (
  id integer PRIMARY KEY CHECK (id = 1),
  position bigint NOT NULL CHECK (position >= 0)
);
INSERT INTO webhook_cursor SELECT 1, coalesce(max(position), 0) FROM withdrawal_event;

-- A range of events that an endpoint is to be told, once more or for the first time.
CREATE TABLE webhook_replay (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  endpoint_id uuid NOT NULL REFERENCES webhook_endpoint (id),
  -- As in an endpoint; empty: those of the endpoint.
  events text[] NOT NULL,
  -- Whether those that were delivered are told again.
  redeliver boolean NOT NULL,
  from_at timestamptz NOT NULL,
  to_at timestamptz NOT NULL,
  -- Whether events of the log must be of that time, too, or only of these positions.
  is_by_time boolean NOT NULL,
  to_position bigint NOT NULL,
  -- What it has dealt with.
  position bigint NOT NULL,
  queued_count bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  ended_at timestamptz,
  CHECK (from_at <= to_at)
);
CREATE INDEX webhook_replay_open ON webhook_replay (id) WHERE ended_at IS NULL;

-- Whether a list of types and groups of them holds a type.
CREATE FUNCTION webhook_wants(events text[], of_type text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN of_type = ANY (events) OR '*' = ANY (events) OR split_part(of_type, '.', 1) || '.*' = ANY (events);

-- A UUID (version 8, RFC 9562) that is made of what it names, and sorts by the time in it.
CREATE FUNCTION webhook_uuid(at timestamptz, name text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0')
        || '8' || substr(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 1, 3)
        || '8' || substr(encode(sha256(convert_to(name, 'UTF8')), 'hex'), 4, 15))::uuid;
