-- Parents are checked once for a statement, not once for a row. A foreign key asks for each row again, locks the same
-- parent a hundred thousand times, and was half of PostgreSQL's work for a bulk file. What stands here proves the same:
-- a parent must be there when its children are written, and no parent is ever deleted or given another id.

-- Organisations, chains and assets are switched off, accepted files are kept: none of them is ever taken away.
CREATE TRIGGER organisation_stays BEFORE DELETE OR UPDATE OF id ON organisation
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER chain_stays BEFORE DELETE OR UPDATE OF id ON chain
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER asset_stays BEFORE DELETE OR UPDATE OF id ON asset
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER bulk_withdrawal_stays BEFORE DELETE OR UPDATE OF id ON bulk_withdrawal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_stays BEFORE UPDATE OF id ON withdrawal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
-- TRUNCATE fires no row's trigger.
CREATE TRIGGER bulk_withdrawal_no_truncate BEFORE TRUNCATE ON bulk_withdrawal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_no_truncate BEFORE TRUNCATE ON withdrawal
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_event_no_truncate BEFORE TRUNCATE ON withdrawal_event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The settings, and LATERAL with its LIMIT, make plans that do not depend on statistics, as in ledger_post: each parent
-- is reached by its index, also in a table that was empty when the plan was made.
CREATE FUNCTION withdrawal_parents_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
  missing text;
BEGIN
  SELECT r.parent INTO missing
    FROM (SELECT 'organisation ' || n.organisation_id AS parent FROM (SELECT DISTINCT organisation_id FROM new_rows) n
           WHERE NOT EXISTS (SELECT 1 FROM organisation p WHERE p.id = n.organisation_id)
          UNION ALL
          SELECT 'chain ' || n.chain_id FROM (SELECT DISTINCT chain_id FROM new_rows) n
           WHERE NOT EXISTS (SELECT 1 FROM chain p WHERE p.id = n.chain_id)
          UNION ALL
          SELECT 'asset ' || n.asset_id FROM (SELECT DISTINCT asset_id FROM new_rows) n
           WHERE NOT EXISTS (SELECT 1 FROM asset p WHERE p.id = n.asset_id)
          UNION ALL
          SELECT 'bulk withdrawal ' || n.bulk_id
            FROM (SELECT DISTINCT bulk_id FROM new_rows WHERE bulk_id IS NOT NULL) n
           WHERE NOT EXISTS (SELECT 1 FROM bulk_withdrawal p WHERE p.id = n.bulk_id)) r LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a withdrawal needs its %, which is not there', missing USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER withdrawal_parents_guard AFTER INSERT ON withdrawal
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION withdrawal_parents_guard();
-- withdrawal_guard refuses a change of organisation, chain and asset; the file and its row are as fixed as they.
CREATE TRIGGER withdrawal_keeps_bulk BEFORE UPDATE OF bulk_id, bulk_row ON withdrawal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- More than a foreign key would say: an event tells of a change that its withdrawal has just made.
CREATE FUNCTION withdrawal_event_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
  bad record;
BEGIN
  SELECT n.withdrawal_id, n.version, n.to_state INTO bad
    FROM new_rows n
    LEFT JOIN LATERAL (SELECT * FROM withdrawal WHERE id = n.withdrawal_id LIMIT 1) w ON true
   WHERE (w.version, w.state) IS DISTINCT FROM (n.version, n.to_state) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'event % of withdrawal %: it is not %', bad.version, bad.withdrawal_id, bad.to_state
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER withdrawal_event_guard AFTER INSERT ON withdrawal_event
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION withdrawal_event_guard();

-- ledger_post has locked the accounts and read the holds that it writes rows for; a row from elsewhere must name such.
CREATE FUNCTION ledger_transfer_parents_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
  missing uuid;
BEGIN
  SELECT s.id INTO missing
    FROM (SELECT debit_account_id AS id FROM new_rows UNION SELECT credit_account_id FROM new_rows) s
   WHERE NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = s.id) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a ledger transfer needs its account %, which is not there', missing
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  SELECT n.pending_id INTO missing
    FROM new_rows n
    LEFT JOIN LATERAL (SELECT 1 AS found FROM ledger_transfer WHERE id = n.pending_id LIMIT 1) h ON true
   WHERE n.pending_id IS NOT NULL AND h.found IS NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a ledger transfer needs its hold %, which is not there', missing
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_transfer_parents_guard AFTER INSERT ON ledger_transfer
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION ledger_transfer_parents_guard();

ALTER TABLE withdrawal
  DROP CONSTRAINT withdrawal_organisation_id_fkey,
  DROP CONSTRAINT withdrawal_chain_id_fkey,
  DROP CONSTRAINT withdrawal_asset_id_fkey,
  DROP CONSTRAINT withdrawal_bulk_id_fkey;
ALTER TABLE withdrawal_event DROP CONSTRAINT withdrawal_event_withdrawal_id_fkey;
ALTER TABLE ledger_transfer
  DROP CONSTRAINT ledger_transfer_pending_id_fkey,
  DROP CONSTRAINT ledger_transfer_debit_account_id_fkey,
  DROP CONSTRAINT ledger_transfer_credit_account_id_fkey;
