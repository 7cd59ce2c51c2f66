-- Whom alarms are told, what is told to them, and how that went.

-- How urgent an alarm is. Whatever is wrong with the books is.
ALTER TABLE alarm ADD COLUMN severity text NOT NULL DEFAULT 'CRITICAL' CHECK (severity IN ('WARNING', 'CRITICAL'));

CREATE TABLE alert_channel (
  id uuid PRIMARY KEY,
  name text NOT NULL CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  kind text NOT NULL CHECK (kind IN ('WEBHOOK', 'EMAIL')),
  -- One URL, or addresses of mail. A webhook's secret is derived from the key of the installation and this id.
  targets text[] NOT NULL CHECK (cardinality(targets) BETWEEN 1 AND 20),
  -- Alarms of this urgency and above.
  severity_min text NOT NULL CHECK (severity_min IN ('WARNING', 'CRITICAL')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  removed_at timestamptz,
  CHECK (kind <> 'WEBHOOK' OR cardinality(targets) = 1)
);
CREATE UNIQUE INDEX alert_channel_name ON alert_channel (name) WHERE removed_at IS NULL;
CREATE TRIGGER alert_channel_audit AFTER INSERT OR UPDATE OR DELETE ON alert_channel
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- One message to one channel: the row is the queue. Its content is written once, so that a repetition is the same message.
CREATE TABLE alert_message (
  id uuid PRIMARY KEY,
  channel_id uuid NOT NULL REFERENCES alert_channel (id),
  -- {kind, notices}: packages/core/src/alert/alert.ts
  content json NOT NULL,
  state text NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'SENT', 'GIVEN_UP')),
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- While a try is under way: when it counts as lost.
  next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_error text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  CHECK ((state = 'PENDING') = (ended_at IS NULL))
);
CREATE INDEX alert_message_pending ON alert_message (channel_id, id) WHERE state = 'PENDING';
CREATE INDEX alert_message_channel ON alert_message (channel_id, created_at);

CREATE FUNCTION alert_message_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'PENDING' OR NEW.content::text <> OLD.content::text OR NEW.channel_id <> OLD.channel_id
     OR NEW.id <> OLD.id OR NEW.attempts < OLD.attempts THEN
    RAISE EXCEPTION 'alert_message %: a message that has ended stays as it is, and no message changes its content', OLD.id
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER alert_message_guard BEFORE UPDATE ON alert_message FOR EACH ROW EXECUTE FUNCTION alert_message_guard();

-- What a channel was told of an alarm, in turn: RAISED, any number of REMINDER, RESOLVED.
CREATE TABLE alert_notice (
  alarm_id uuid NOT NULL REFERENCES alarm (id) ON DELETE CASCADE,
  channel_id uuid NOT NULL REFERENCES alert_channel (id),
  number integer NOT NULL CHECK (number >= 1),
  kind text NOT NULL CHECK (kind IN ('RAISED', 'REMINDER', 'RESOLVED')),
  message_id uuid NOT NULL REFERENCES alert_message (id) ON DELETE CASCADE,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (alarm_id, channel_id, number),
  CHECK ((number = 1) = (kind = 'RAISED'))
);
CREATE UNIQUE INDEX alert_notice_resolved ON alert_notice (alarm_id, channel_id) WHERE kind = 'RESOLVED';
CREATE INDEX alert_notice_message ON alert_notice (message_id);

-- How many withdrawals ended between two looks, for the rate of failures; kept for an hour.
CREATE TABLE finished_sample (
  -- Events up to this position are counted.
  last_position bigint PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  confirmed integer NOT NULL CHECK (confirmed >= 0),
  failed_ours integer NOT NULL CHECK (failed_ours >= 0),
  failed_recipient integer NOT NULL CHECK (failed_recipient >= 0)
);

-- Up to where the log of events was told as traces: one row.
CREATE TABLE trace_cursor (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  last_position bigint NOT NULL CHECK (last_position >= 0)
);
