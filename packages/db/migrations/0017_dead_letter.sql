-- What a person must look at, what people note, and what operators may ask for without being able to pay twice.

CREATE TABLE dead_letter (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('WITHDRAWAL', 'CHAIN_TX', 'QUEUE', 'REVIEW', 'JOB')),
  -- A UUID, or a name: 'localhost:USDC VALIDATING', 'check-ledger'.
  subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
  -- A code of packages/core/src/dead-letter/taxonomy.ts.
  cause text NOT NULL,
  detail text NOT NULL,
  -- What is at stake, where it is money: smallest unit of the asset.
  asset_id text REFERENCES asset (id),
  amount numeric(78, 0),
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'CLOSED')),
  -- Whether it is still so. One that a person has closed does not open again while it stays so.
  present boolean NOT NULL DEFAULT true,
  seen_count integer NOT NULL DEFAULT 1 CHECK (seen_count > 0),
  first_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  closed_at timestamptz,
  closed_by text,
  close_reason text CHECK (length(close_reason) BETWEEN 1 AND 1000),
  CHECK ((state = 'CLOSED') = (closed_at IS NOT NULL)),
  CHECK ((closed_at IS NULL) = (closed_by IS NULL) AND (closed_at IS NULL) = (close_reason IS NULL)),
  CHECK ((amount IS NULL) = (asset_id IS NULL))
);
CREATE UNIQUE INDEX dead_letter_present ON dead_letter (kind, subject, cause) WHERE present;
CREATE INDEX dead_letter_open ON dead_letter (id) WHERE state = 'OPEN';
CREATE INDEX dead_letter_subject ON dead_letter (subject);

CREATE FUNCTION dead_letter_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.kind, NEW.subject, NEW.cause, NEW.first_seen_at)
     IS DISTINCT FROM (OLD.id, OLD.kind, OLD.subject, OLD.cause, OLD.first_seen_at)
     OR (OLD.state = 'CLOSED' AND (NEW.state, NEW.closed_at, NEW.closed_by, NEW.close_reason)
         IS DISTINCT FROM (OLD.state, OLD.closed_at, OLD.closed_by, OLD.close_reason))
     OR (NEW.present AND NOT OLD.present) THEN
    RAISE EXCEPTION 'dead letter %: what it tells of is frozen, and closed is closed', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER dead_letter_guard BEFORE UPDATE ON dead_letter FOR EACH ROW EXECUTE FUNCTION dead_letter_guard();
CREATE TRIGGER dead_letter_no_delete BEFORE DELETE ON dead_letter FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What people write down beside a withdrawal or a dead letter; kept as it is.
CREATE TABLE operator_note (
  id uuid PRIMARY KEY,
  subject_kind text NOT NULL CHECK (subject_kind IN ('WITHDRAWAL', 'DEAD_LETTER')),
  subject_id uuid NOT NULL,
  author text NOT NULL,
  text text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX operator_note_subject ON operator_note (subject_id, at);
CREATE TRIGGER operator_note_immutable BEFORE UPDATE OR DELETE ON operator_note
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER operator_note_audit AFTER INSERT ON operator_note
  FOR EACH ROW EXECUTE FUNCTION audit_change('subject_kind', 'subject_id');

-- A new withdrawal in place of one that failed. One for each, so that no order of calls makes two.
CREATE TABLE withdrawal_retry (
  withdrawal_id uuid PRIMARY KEY REFERENCES withdrawal (id),
  retry_of uuid NOT NULL UNIQUE REFERENCES withdrawal (id),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Did this withdrawal end without being paid, by what the chain says where it was ever planned?
CREATE FUNCTION is_finally_unpaid(of_withdrawal uuid) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp
RETURN coalesce((
  SELECT w.state IN ('FAILED', 'CANCELED')
         AND (w.chain_tx_id IS NULL OR x.state IN ('REVERTED', 'CANCELED', 'DISPLACED')
              OR (x.state = 'EXECUTED' AND get_byte(x.outcomes, w.chain_tx_position) <> 1))
    FROM withdrawal w LEFT JOIN chain_tx x ON x.id = w.chain_tx_id WHERE w.id = of_withdrawal), false);

CREATE FUNCTION withdrawal_retry_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
BEGIN
  IF NOT is_finally_unpaid(NEW.retry_of) OR NOT EXISTS (
       SELECT 1 FROM withdrawal o JOIN withdrawal n ON n.id = NEW.withdrawal_id
        WHERE o.id = NEW.retry_of AND n.id > o.id AND n.state = 'PENDING'
          AND (n.organisation_id, n.asset_id, n.to_address, n.amount) = (o.organisation_id, o.asset_id, o.to_address, o.amount)) THEN
    RAISE EXCEPTION 'withdrawal % is no retry of %: that one is not finally unpaid, or pays something else',
      NEW.withdrawal_id, NEW.retry_of USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_retry_guard BEFORE INSERT ON withdrawal_retry
  FOR EACH ROW EXECUTE FUNCTION withdrawal_retry_guard();
CREATE TRIGGER withdrawal_retry_immutable BEFORE UPDATE OR DELETE ON withdrawal_retry
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_retry_audit AFTER INSERT ON withdrawal_retry
  FOR EACH ROW EXECUTE FUNCTION audit_change('retry_of');

-- A person wants this withdrawal back although it has a nonce: when the chain proves that it was not paid, it ends
-- instead of being planned again. Releases nothing by itself.
CREATE TABLE withdrawal_release (
  withdrawal_id uuid PRIMARY KEY REFERENCES withdrawal (id),
  requested_by text NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 1000),
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TRIGGER withdrawal_release_immutable BEFORE UPDATE OR DELETE ON withdrawal_release
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_release_audit AFTER INSERT ON withdrawal_release
  FOR EACH ROW EXECUTE FUNCTION audit_change('withdrawal_id');
