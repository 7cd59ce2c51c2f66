-- The log of events by months of their withdrawals, whose ids begin with the time: an old month is detached in an
-- instant instead of deleted row by row, and vacuum leaves alone the months that no longer change. What is there
-- already becomes the default partition, which also takes what has no month of its own: no insert ever fails for the
-- want of a partition.
ALTER TABLE withdrawal_event RENAME TO withdrawal_event_default;
ALTER TABLE withdrawal_event_default RENAME CONSTRAINT withdrawal_event_pkey TO withdrawal_event_default_pkey;
ALTER INDEX withdrawal_event_position RENAME TO withdrawal_event_default_position_idx;
DROP TRIGGER withdrawal_event_immutable ON withdrawal_event_default;
ALTER TABLE withdrawal_event_default ALTER COLUMN position DROP IDENTITY;

CREATE TABLE withdrawal_event (
  position bigint GENERATED ALWAYS AS IDENTITY,
  withdrawal_id uuid NOT NULL,
  version integer NOT NULL,
  from_state text,
  to_state text NOT NULL,
  actor text NOT NULL,
  reason text NOT NULL,
  chain_tx_id uuid,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
  PRIMARY KEY (withdrawal_id, version)
) PARTITION BY RANGE (withdrawal_id);
CREATE INDEX withdrawal_event_position ON withdrawal_event (position);
ALTER TABLE withdrawal_event ATTACH PARTITION withdrawal_event_default DEFAULT;
SELECT setval(pg_get_serial_sequence('withdrawal_event', 'position'), max(position))
  FROM withdrawal_event HAVING max(position) IS NOT NULL;

-- Given to every partition, too. Triggers of the statement are those of the table that the statement names.
CREATE TRIGGER withdrawal_event_immutable BEFORE UPDATE OR DELETE ON withdrawal_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_event_guard AFTER INSERT ON withdrawal_event
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION withdrawal_event_guard();
CREATE TRIGGER withdrawal_event_no_truncate BEFORE TRUNCATE ON withdrawal_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The lowest UUIDv7 of a moment, and lower than any that is made then (RFC 9562, 5.7): a bound of a partition.
CREATE FUNCTION uuid_bound(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Makes the partitions of this month and of the next ones (UTC) that are missing. A month of which the default partition
-- has rows stays there as a whole. Returns what was made. Waits for locks two seconds at most: it is called every day.
CREATE FUNCTION ensure_event_partitions(months_ahead integer) RETURNS SETOF text LANGUAGE plpgsql
SET search_path = public, pg_temp
SET lock_timeout = '2s'
SET timezone = 'UTC'
AS $$
DECLARE
  month timestamptz;
  name text;
  low uuid;
  high uuid;
BEGIN
  -- One at a time, however many call.
  PERFORM pg_advisory_xact_lock(hashtextextended('ensure_event_partitions', 0));
  FOR month IN SELECT date_trunc('month', now()) + n * interval '1 month' FROM generate_series(0, months_ahead) AS n LOOP
    name := 'withdrawal_event_' || to_char(month, 'YYYY_MM');
    low := uuid_bound(month);
    high := uuid_bound(month + interval '1 month');
    CONTINUE WHEN to_regclass(name) IS NOT NULL
      OR EXISTS (SELECT 1 FROM withdrawal_event_default WHERE withdrawal_id >= low AND withdrawal_id < high);
    BEGIN
      EXECUTE format('CREATE TABLE %I PARTITION OF withdrawal_event FOR VALUES FROM (%L) TO (%L)', name, low, high);
      EXECUTE format('CREATE TRIGGER withdrawal_event_guard AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows '
                     'FOR EACH STATEMENT EXECUTE FUNCTION withdrawal_event_guard()', name);
      EXECUTE format('CREATE TRIGGER withdrawal_event_no_truncate BEFORE TRUNCATE ON %I '
                     'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', name);
      RETURN NEXT name;
    EXCEPTION WHEN check_violation THEN
      -- The month began in the default partition between the look and the lock.
      NULL;
    END;
  END LOOP;
END $$;
