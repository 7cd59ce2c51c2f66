-- What people are handed about a day, a week or a month in Korea, and files of what a list shows.

-- A report. Version 0 is a draft, written anew while the period goes on; later versions stay as they were computed.
CREATE TABLE report (
  period text NOT NULL CHECK (period IN ('daily', 'weekly', 'monthly')),
  -- The first day of the period, in Korea.
  day date NOT NULL,
  version integer NOT NULL CHECK (version >= 0),
  -- Why this version was computed, and for whom.
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
  made_for text NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  took_ms integer NOT NULL CHECK (took_ms >= 0),
  -- Whether every sum in it is what the ledger and the log say.
  ties boolean NOT NULL,
  -- Amounts as texts.
  body json NOT NULL,
  PRIMARY KEY (period, day, version),
  CHECK (period <> 'weekly' OR extract(isodow FROM day) = 1),
  CHECK (period <> 'monthly' OR extract(day FROM day) = 1)
);
CREATE TRIGGER report_immutable BEFORE UPDATE OR DELETE ON report
  FOR EACH ROW WHEN (OLD.version > 0) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER report_no_truncate BEFORE TRUNCATE ON report
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A report that somebody wants to have computed again; a jobs role does it.
CREATE TABLE report_rerun (
  id uuid PRIMARY KEY,
  period text NOT NULL CHECK (period IN ('daily', 'weekly', 'monthly')),
  day date NOT NULL,
  requested_by text NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The version that came of it.
  version integer CHECK (version > 0)
);
CREATE UNIQUE INDEX report_rerun_open ON report_rerun (period, day) WHERE version IS NULL;
CREATE TRIGGER report_rerun_audit AFTER INSERT ON report_rerun
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- The lowest version of an account whose transfer is at a moment or later; one more than its last when there is none.
-- Versions have no gaps, and the times of an account's transfers follow its versions.
CREATE FUNCTION ledger_version_at(account uuid, last_version bigint, moment timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
DECLARE
  low bigint := 1;
  high bigint := last_version + 1;
  middle bigint;
  at timestamptz;
BEGIN
  WHILE low < high LOOP
    middle := (low + high) / 2;
    SELECT t.created_at INTO at
      FROM (SELECT created_at FROM ledger_transfer WHERE debit_account_id = account AND debit_version = middle
            UNION ALL
            SELECT created_at FROM ledger_transfer WHERE credit_account_id = account AND credit_version = middle) t;
    IF at >= moment THEN high := middle; ELSE low := middle + 1; END IF;
  END LOOP;
  RETURN low;
END $$;

-- What a day brought: a deposit comes into this once, when it is credited.
CREATE INDEX deposit_credited ON deposit (credited_at) WHERE credited_at IS NOT NULL;

-- A file of what a list shows, written a piece at a time by a jobs role.
CREATE TABLE export (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('withdrawals')),
  filter json NOT NULL,
  time_zone text NOT NULL CHECK (length(time_zone) BETWEEN 1 AND 100),
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'REQUESTED' CHECK (state IN ('REQUESTED', 'RUNNING', 'DONE', 'FAILED')),
  started_at timestamptz,
  ended_at timestamptz,
  -- The last row that is in a chunk: whoever goes on begins after it.
  after_id uuid,
  rows integer NOT NULL DEFAULT 0 CHECK (rows >= 0),
  -- As counted at the start; null: more than are counted.
  rows_expected integer CHECK (rows_expected >= 0),
  bytes bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0),
  chunks integer NOT NULL DEFAULT 0 CHECK (chunks >= 0),
  sha256 bytea CHECK (length(sha256) = 32),
  error text,
  CHECK ((state IN ('DONE', 'FAILED')) = (ended_at IS NOT NULL)),
  CHECK ((state = 'DONE') = (sha256 IS NOT NULL)),
  CHECK ((state = 'FAILED') = (error IS NOT NULL))
) WITH (fillfactor = 50);
CREATE INDEX export_open ON export (id) WHERE state IN ('REQUESTED', 'RUNNING');
CREATE TRIGGER export_audit AFTER INSERT ON export
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

CREATE TABLE export_chunk (
  export_id uuid NOT NULL REFERENCES export (id) ON DELETE CASCADE,
  number integer NOT NULL CHECK (number >= 0),
  body bytea NOT NULL CHECK (length(body) BETWEEN 1 AND 1000000),
  PRIMARY KEY (export_id, number)
);

-- What expires is found by its time.
CREATE INDEX person_session_expires ON person_session (expires_at);
