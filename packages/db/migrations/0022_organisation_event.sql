-- What happens to an organisation's deposits, files and endpoints joins the log of its withdrawals: one order of positions
-- over both, so that the stream, the list and webhooks tell the same events.

CREATE TABLE organisation_event (
  -- Out of the same sequence as withdrawal_event: a reader has one place for both.
  position bigint PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  type text NOT NULL CHECK (type IN (
    'deposit.detected', 'deposit.orphaned', 'deposit.credited', 'deposit.uncredited', 'bulk.completed',
    'webhook_endpoint.paused', 'webhook_endpoint.disabled')),
  -- What it is about, and its public id.
  subject_id uuid NOT NULL,
  subject text NOT NULL,
  -- Which change of that it is.
  sequence integer NOT NULL CHECK (sequence >= 1),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- JSON, as it was at that moment and as it is told. Not a JSON type: what is signed must stay the same to the byte.
  data text NOT NULL,
  UNIQUE (subject_id, sequence)
);
CREATE INDEX organisation_event_list ON organisation_event (organisation_id, position);
DO $$
BEGIN
  EXECUTE format('ALTER TABLE organisation_event ALTER COLUMN position SET DEFAULT nextval(%L)',
                 pg_get_serial_sequence('withdrawal_event', 'position'));
END $$;
CREATE TRIGGER organisation_event_immutable BEFORE UPDATE OR DELETE ON organisation_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER organisation_event_no_truncate BEFORE TRUNCATE ON organisation_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- No change of a deposit commits without the event that tells it, whoever wrote the change.
CREATE FUNCTION deposit_event_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM organisation_event o
                  WHERE o.subject_id = NEW.deposit_id AND o.sequence = NEW.version
                    AND o.type = 'deposit.' || lower(NEW.to_state)) THEN
    RAISE EXCEPTION 'deposit %: nobody is told of its change %', NEW.deposit_id, NEW.version
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER deposit_event_told AFTER INSERT ON deposit_event DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION deposit_event_told();

-- A file is done when every withdrawal of it is at its end. `open_row`: all rows before it were; a look begins there.
ALTER TABLE bulk_withdrawal
  ADD COLUMN completed_at timestamptz,
  ADD COLUMN open_row integer NOT NULL DEFAULT 1;
-- Those that are done already were told, or nobody wanted to know.
UPDATE bulk_withdrawal b
   SET completed_at = (SELECT max(w.updated_at) FROM withdrawal w WHERE w.bulk_id = b.id)
 WHERE NOT EXISTS (SELECT 1 FROM withdrawal w WHERE w.bulk_id = b.id
                      AND w.state NOT IN ('CONFIRMED', 'FAILED', 'CANCELED'));
CREATE INDEX bulk_withdrawal_open ON bulk_withdrawal (id) WHERE completed_at IS NULL;
CREATE TRIGGER bulk_withdrawal_completed BEFORE UPDATE OF completed_at ON bulk_withdrawal
  FOR EACH ROW WHEN (OLD.completed_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
