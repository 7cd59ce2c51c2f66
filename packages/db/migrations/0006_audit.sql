-- What operators did, sealed history, continuous checks, alarms, and the runs of jobs.

-- Who changed what outside the automatic money path: written in the transaction of the change, never changed after.
CREATE TABLE audit_event (
  -- The first column, so that a transaction has its number before it takes a position: readers of the log wait for
  -- all numbers below one of their own, and would not wait for a transaction that has none yet.
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- 'operator:kim@host1', 'api_key:…', 'system:jobs'; 'database:…' where the program gave no name.
  actor text NOT NULL,
  -- 'credit.create'; for a change of a row its table and what was done: 'sub_account.update'.
  action text NOT NULL,
  subject text NOT NULL,
  -- Values are texts, so that an amount keeps all its digits. Of an update the changed columns only.
  before json,
  after json,
  reason text,
  -- Host or address that the action came from, and the name that the program gave to PostgreSQL.
  origin text,
  application text NOT NULL,
  request_id text
);
CREATE INDEX audit_event_subject ON audit_event (subject, position);
CREATE INDEX audit_event_age ON audit_event USING brin (at);

-- The context of an action is a setting of the session or the transaction (packages/core/src/audit/audit.store.ts).
CREATE FUNCTION audit_record(of_action text, of_subject text, was json, becomes json) RETURNS bigint LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  context jsonb := nullif(current_setting('naru.audit', true), '')::jsonb;
  made bigint;
BEGIN
  INSERT INTO audit_event (actor, action, subject, before, after, reason, origin, application, request_id)
  VALUES (coalesce(context ->> 'actor', 'database:' || session_user), of_action, of_subject, was, becomes,
          context ->> 'reason', coalesce(context ->> 'origin', host(inet_client_addr())),
          current_setting('application_name'), context ->> 'requestId')
  RETURNING position INTO made;
  RETURN made;
END $$;

-- For rows that people decide about: whatever changes one, a program or a person with psql, is in the log by it.
-- Arguments: the columns that name a row. Hashes of keys are left out.
CREATE FUNCTION audit_change() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - 'key_hash' END;
  becomes jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - 'key_hash' END;
  named jsonb := coalesce(becomes, was);
  subject text := TG_TABLE_NAME;
  old_values json;
  new_values json;
BEGIN
  FOR i IN 0 .. TG_NARGS - 1 LOOP
    subject := subject || ' ' || coalesce(named ->> TG_ARGV[i], '');
  END LOOP;
  SELECT json_object_agg(k.name, was ->> k.name ORDER BY k.name) FILTER (WHERE was IS NOT NULL),
         json_object_agg(k.name, becomes ->> k.name ORDER BY k.name) FILTER (WHERE becomes IS NOT NULL)
    INTO old_values, new_values
    FROM jsonb_object_keys(named) AS k (name)
   WHERE TG_OP <> 'UPDATE' OR (k.name <> 'updated_at' AND was -> k.name IS DISTINCT FROM becomes -> k.name);
  IF old_values IS NULL AND new_values IS NULL THEN RETURN NULL; END IF;
  PERFORM audit_record(TG_TABLE_NAME || '.' || lower(TG_OP), subject, old_values, new_values);
  RETURN NULL;
END $$;

CREATE TRIGGER organisation_audit AFTER INSERT OR UPDATE OR DELETE ON organisation
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER api_key_audit AFTER INSERT OR UPDATE OR DELETE ON api_key
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER chain_audit AFTER INSERT OR UPDATE OR DELETE ON chain
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER asset_audit AFTER INSERT OR UPDATE OR DELETE ON asset
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER withdrawal_limit_audit AFTER INSERT OR UPDATE OR DELETE ON withdrawal_limit
  FOR EACH ROW EXECUTE FUNCTION audit_change('organisation_id', 'asset_id');
CREATE TRIGGER schema_migration_audit AFTER INSERT OR UPDATE OR DELETE ON schema_migration
  FOR EACH ROW EXECUTE FUNCTION audit_change('version');
CREATE TRIGGER sub_account_audit AFTER INSERT OR DELETE ON sub_account
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
-- Nonces are taken by the planner all the time; a state is changed by people, or by the machinery that stops itself.
CREATE TRIGGER sub_account_state_audit AFTER UPDATE OF state, pause_reason ON sub_account
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
-- The roles wish for replacements themselves, many a day. A person's wish is an operator's action.
CREATE TRIGGER chain_tx_wish_audit AFTER UPDATE OF wanted ON chain_tx
  FOR EACH ROW WHEN (NEW.wanted IS NOT NULL AND NEW.wanted IS DISTINCT FROM OLD.wanted
    AND current_setting('application_name') !~ '^naru-(processor|broadcaster|monitor|accounts)')
  EXECUTE FUNCTION audit_change('id');

-- Seals of history: each covers the rows of a stream after one position up to another, and the seal before it.
CREATE TABLE audit_seal (
  number bigint PRIMARY KEY CHECK (number > 0),
  -- ROWS seals rows; EXPORT says that rows up to a position were written to a file and may be removed.
  kind text NOT NULL CHECK (kind IN ('ROWS', 'EXPORT')),
  -- 'withdrawal_event', 'audit_event', or 'ledger_transfer <account>': positions are then the versions of the account.
  stream text NOT NULL,
  after_position bigint NOT NULL CHECK (after_position >= 0),
  last_position bigint NOT NULL,
  row_count bigint NOT NULL CHECK (row_count >= 0),
  -- Positions in between that no row has, since its transaction was rolled back: '5-7,12-12'.
  missing text NOT NULL DEFAULT '',
  -- SHA-256 of each row, in the order of positions.
  digests bytea NOT NULL,
  -- Of an export: JSON that names the file and its SHA-256.
  note text,
  previous_hash bytea NOT NULL UNIQUE CHECK (length(previous_hash) = 32),
  hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
  sealed_at timestamptz NOT NULL,
  CHECK (last_position > after_position),
  CHECK (length(digests) = CASE kind WHEN 'ROWS' THEN 32 * row_count ELSE 0 END),
  CHECK ((kind = 'EXPORT') = (note IS NOT NULL))
);
-- Hashes do not compress.
ALTER TABLE audit_seal ALTER COLUMN digests SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX audit_seal_stream ON audit_seal (kind, stream, after_position);

-- Rows leave a log only after they were sealed, exported and kept for as long as promised, and only by a program that
-- says so: `naru audit export --remove`.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  removing text := current_setting('naru.removing', true);
  gone jsonb;
  -- A CASE in the condition of an IF would end it: PL/pgSQL reads up to the first THEN.
  kept interval := CASE removing WHEN 'audit_event' THEN interval '1 year' ELSE interval '5 years' END;
BEGIN
  IF TG_OP = 'DELETE' AND TG_LEVEL = 'ROW' AND removing IN ('withdrawal_event', 'audit_event')
     AND TG_TABLE_NAME LIKE removing || '%' THEN
    gone := to_jsonb(OLD);
    IF (gone ->> 'at')::timestamptz < now() - kept
       AND (gone ->> 'position')::bigint
         <= (SELECT s.last_position FROM audit_seal s WHERE s.kind = 'EXPORT' AND s.stream = removing
              ORDER BY s.after_position DESC LIMIT 1) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION '% rows are immutable: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_event_immutable BEFORE UPDATE OR DELETE ON audit_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_no_truncate BEFORE TRUNCATE ON audit_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seal_immutable BEFORE UPDATE OR DELETE ON audit_seal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_seal_no_truncate BEFORE TRUNCATE ON audit_seal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- How far the rows of a ledger account were replayed and found right, and what they added up to there.
CREATE TABLE ledger_checkpoint (
  account_id uuid PRIMARY KEY REFERENCES ledger_account (id),
  version bigint NOT NULL CHECK (version >= 0),
  debits_pending numeric(78, 0) NOT NULL,
  debits_posted numeric(78, 0) NOT NULL,
  credits_pending numeric(78, 0) NOT NULL,
  credits_posted numeric(78, 0) NOT NULL,
  checked_at timestamptz NOT NULL DEFAULT now()
);

-- Every look at an invariant.
CREATE TABLE invariant_check (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invariant text NOT NULL,
  checked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms integer NOT NULL CHECK (duration_ms >= 0),
  -- NULL: it could not be found out, and `note` says why.
  ok boolean,
  finding_count integer NOT NULL CHECK (finding_count >= 0),
  -- The first of them: [{subject, detail}].
  findings json NOT NULL,
  note text
);
CREATE INDEX invariant_check_last ON invariant_check (invariant, checked_at DESC);

-- One open alarm for an invariant and a subject; it closes when the invariant is found to hold again.
CREATE TABLE alarm (
  id uuid PRIMARY KEY,
  invariant text NOT NULL,
  subject text NOT NULL,
  detail text NOT NULL,
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at timestamptz,
  acknowledged_at timestamptz,
  acknowledged_by text,
  note text,
  CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE UNIQUE INDEX alarm_open ON alarm (invariant, subject) WHERE closed_at IS NULL;
CREATE INDEX alarm_opened ON alarm (opened_at);

-- Every run of a job; one that was killed stays RUNNING.
CREATE TABLE job_run (
  id uuid PRIMARY KEY,
  job text NOT NULL,
  instance text NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  outcome text NOT NULL DEFAULT 'RUNNING' CHECK (outcome IN ('RUNNING', 'DONE', 'FAILED', 'SKIPPED')),
  -- What it did, in its own words and numbers.
  result json,
  error text,
  CHECK ((outcome = 'RUNNING') = (ended_at IS NULL))
);
CREATE INDEX job_run_last ON job_run (job, started_at DESC);
