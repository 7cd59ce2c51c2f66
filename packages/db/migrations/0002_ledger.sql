-- Double-entry ledger. A transfer moves one amount of one asset from one account to another, so it is balanced by
-- construction. Balance of an account = credits − debits: what we owe is positive, what we own is negative, and the
-- balances of an asset sum to zero. Two-phase: PENDING holds, then POST or VOID resolves it, once.

CREATE TABLE ledger_account (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('CUSTOMER', 'HOUSE', 'HOT_WALLET', 'GAS')),
  organisation_id uuid REFERENCES organisation (id),
  asset_id text NOT NULL REFERENCES asset (id),
  -- Facts of the chain (gas that was burnt, a hot wallet that was emptied) cannot be refused; promises to people can.
  may_overdraw boolean NOT NULL,
  debits_pending numeric(78, 0) NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
  debits_posted numeric(78, 0) NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
  credits_pending numeric(78, 0) NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
  credits_posted numeric(78, 0) NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
  -- One more for each transfer that touches the account: history is ordered by it, not by a clock.
  version bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE NULLS NOT DISTINCT (kind, organisation_id, asset_id),
  CONSTRAINT ledger_account_no_overdraft
    CHECK (may_overdraw OR debits_posted + debits_pending <= credits_posted),
  CHECK ((kind = 'CUSTOMER') = (organisation_id IS NOT NULL)),
  CHECK (kind NOT IN ('CUSTOMER', 'HOUSE') OR NOT may_overdraw)
-- Room in each page for the old versions that sessions waiting for a hot account can still see.
) WITH (fillfactor = 25);

CREATE TABLE ledger_transfer (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('SINGLE', 'PENDING', 'POST', 'VOID')),
  -- The hold that a POST or VOID resolves.
  pending_id uuid REFERENCES ledger_transfer (id),
  debit_account_id uuid NOT NULL REFERENCES ledger_account (id),
  credit_account_id uuid NOT NULL REFERENCES ledger_account (id),
  asset_id text NOT NULL,
  -- Below 10^66, so that the totals of an account, 78 digits, have room for 10^12 of the largest.
  amount numeric(78, 0) NOT NULL CHECK (amount > 0 AND amount < 1e66),
  debit_version bigint NOT NULL CHECK (debit_version > 0),
  credit_version bigint NOT NULL CHECK (credit_version > 0),
  -- Why the money moved, and for which withdrawal, chain transaction or command.
  reason text NOT NULL CHECK (reason IN ('WITHDRAWAL', 'CREDIT', 'FUNDING', 'GAS', 'ADJUSTMENT')),
  reference_id uuid,
  -- Read from the clock after the locks are held. For people: the versions are the order.
  created_at timestamptz NOT NULL,
  CHECK (debit_account_id <> credit_account_id),
  CHECK ((kind IN ('POST', 'VOID')) = (pending_id IS NOT NULL))
);
CREATE UNIQUE INDEX ledger_transfer_resolution ON ledger_transfer (pending_id) WHERE pending_id IS NOT NULL;
CREATE UNIQUE INDEX ledger_transfer_debit ON ledger_transfer (debit_account_id, debit_version);
CREATE UNIQUE INDEX ledger_transfer_credit ON ledger_transfer (credit_account_id, credit_version);
CREATE INDEX ledger_transfer_reference ON ledger_transfer (reference_id) WHERE reference_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are immutable: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER ledger_transfer_immutable BEFORE UPDATE OR DELETE ON ledger_transfer
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON ledger_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_account_no_delete BEFORE DELETE ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER ledger_account_no_truncate BEFORE TRUNCATE ON ledger_account
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Money comes into accounts only by rows that explain it: an account is born empty, its columns change only in
-- ledger_post, and rows are written only there. The setting guards against mistakes; who may write at all is a grant.
CREATE FUNCTION ledger_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF (NEW.debits_pending, NEW.debits_posted, NEW.credits_pending, NEW.credits_posted, NEW.version)
       IS DISTINCT FROM (0::numeric, 0::numeric, 0::numeric, 0::numeric, 0::bigint) THEN
      RAISE EXCEPTION 'a ledger account is born empty' USING ERRCODE = 'restrict_violation';
    END IF;
  ELSIF current_setting('naru.posting', true) IS DISTINCT FROM 'on'
     OR NEW.version <= OLD.version
     OR (NEW.id, NEW.kind, NEW.organisation_id, NEW.asset_id, NEW.may_overdraw, NEW.created_at)
        IS DISTINCT FROM (OLD.id, OLD.kind, OLD.organisation_id, OLD.asset_id, OLD.may_overdraw, OLD.created_at) THEN
    RAISE EXCEPTION 'ledger accounts change only by ledger_post' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_guard BEFORE INSERT OR UPDATE ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_guard();

CREATE FUNCTION ledger_transfer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('naru.posting', true) IS DISTINCT FROM 'on' THEN
    RAISE EXCEPTION 'ledger transfers are written only by ledger_post' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER ledger_transfer_guard BEFORE INSERT ON ledger_transfer
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_transfer_guard();

-- Decides and writes a list in which no transfer refers to another: no id stands twice among ids and pending_ids.
-- For ledger_post only, whose settings its plans need. Returns the outcomes in the order of the list.
CREATE FUNCTION ledger_post_set(
  ids uuid[], kinds text[], pending_ids uuid[], debit_ids uuid[], credit_ids uuid[],
  amounts numeric[], reasons text[], reference_ids uuid[]
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  total integer := cardinality(ids);
  -- One for each transfer. For POST and VOID: the accounts and the amount of the hold.
  outcomes text[];
  debits uuid[];
  credits uuid[];
  held numeric[];
  units numeric[];
  debit_slots integer[];
  credit_slots integer[];
  debit_versions bigint[] := array_fill(NULL::bigint, ARRAY[total]);
  credit_versions bigint[] := array_fill(NULL::bigint, ARRAY[total]);
  -- One for each account concerned; a slot is a place in these.
  accounts uuid[];
  assets text[];
  versions bigint[];
  available numeric[];
  debit_slot integer;
  credit_slot integer;
  -- After the locks, so that it never runs backward along the versions of an account.
  moment timestamptz;
BEGIN
  -- A hold is immutable, so reading it before the lock is safe.
  SELECT array_agg(CASE WHEN r.pending_id IS NULL THEN r.debit_id ELSE h.debit_account_id END ORDER BY r.n),
         array_agg(CASE WHEN r.pending_id IS NULL THEN r.credit_id ELSE h.credit_account_id END ORDER BY r.n),
         array_agg(h.amount ORDER BY r.n),
         array_agg(coalesce(r.amount, h.amount) ORDER BY r.n)
    INTO debits, credits, held, units
    FROM unnest(pending_ids, debit_ids, credit_ids, amounts)
           WITH ORDINALITY AS r (pending_id, debit_id, credit_id, amount, n)
    LEFT JOIN LATERAL (SELECT * FROM ledger_transfer WHERE id = r.pending_id AND kind = 'PENDING' LIMIT 1) h ON true;

  -- Every session locks in the order of ids. What is read here is the state that the locks protect. One account at a
  -- time: where a session had to wait, PostgreSQL evaluates the condition again for each row that has changed, and a
  -- comparison with one id is a thousand times cheaper than one with the list.
  SELECT array_agg(a.id), array_agg(a.asset_id), array_agg(a.version),
         array_agg(CASE WHEN NOT a.may_overdraw THEN a.credits_posted - a.debits_posted - a.debits_pending END)
    INTO accounts, assets, versions, available
    FROM (SELECT DISTINCT w.id FROM unnest(debits || credits) AS w (id) ORDER BY w.id) wanted
   CROSS JOIN LATERAL (SELECT * FROM ledger_account WHERE id = wanted.id FOR NO KEY UPDATE) a;
  moment := clock_timestamp();

  -- What the committed rows decide. A statement of its own: it sees what others committed while this one waited.
  SELECT array_agg(
           CASE
             WHEN t.kind = r.kind AND t.reason = r.reason
                  AND t.pending_id IS NOT DISTINCT FROM r.pending_id
                  AND t.reference_id IS NOT DISTINCT FROM r.reference_id
                  AND CASE
                        WHEN r.pending_id IS NULL THEN
                          t.debit_account_id = r.debit_id AND t.credit_account_id = r.credit_id AND t.amount = r.amount
                        -- Same hold, same accounts. The hold may have been committed after the look for it above.
                        ELSE t.amount = coalesce(r.units, (SELECT amount FROM ledger_transfer WHERE id = r.pending_id))
                      END THEN 'EXISTS'
             WHEN t.id IS NOT NULL THEN 'CONFLICT'
             WHEN r.pending_id IS NULL AND r.amount IS NULL THEN 'AMOUNT_INVALID'
             WHEN NOT (r.amount > 0 AND r.amount < 1e66 AND r.amount = trunc(r.amount)) THEN 'AMOUNT_INVALID'
             WHEN r.pending_id IS NOT NULL AND r.held IS NULL THEN 'HOLD_NOT_FOUND'
             WHEN r.pending_id IS NOT NULL AND EXISTS (
                    SELECT 1 FROM ledger_transfer s WHERE s.pending_id = r.pending_id) THEN 'HOLD_RESOLVED'
             WHEN r.units > r.held THEN 'AMOUNT_OVER_HOLD'
             WHEN r.debit_id = r.credit_id THEN 'SAME_ACCOUNT'
             WHEN d.slot IS NULL OR c.slot IS NULL THEN 'ACCOUNT_NOT_FOUND'
             WHEN assets[d.slot] <> assets[c.slot] THEN 'ASSET_MISMATCH'
             ELSE 'POSTED'
           END ORDER BY r.n),
         array_agg(d.slot ORDER BY r.n), array_agg(c.slot ORDER BY r.n)
    INTO outcomes, debit_slots, credit_slots
    FROM unnest(ids, kinds, pending_ids, debits, credits, amounts, held, units, reasons, reference_ids) WITH ORDINALITY
           AS r (id, kind, pending_id, debit_id, credit_id, amount, held, units, reason, reference_id, n)
    LEFT JOIN LATERAL (SELECT * FROM ledger_transfer WHERE id = r.id LIMIT 1) t ON true
    LEFT JOIN unnest(accounts) WITH ORDINALITY AS d (id, slot) ON d.id = r.debit_id
    LEFT JOIN unnest(accounts) WITH ORDINALITY AS c (id, slot) ON c.id = r.credit_id;

  -- What the balances decide, one after the other. An account that may overdraw has NULL available: never less.
  FOR i IN 1 .. total LOOP
    CONTINUE WHEN outcomes[i] <> 'POSTED';
    debit_slot := debit_slots[i];
    credit_slot := credit_slots[i];
    IF kinds[i] IN ('SINGLE', 'PENDING') THEN
      IF available[debit_slot] < units[i] THEN
        outcomes[i] := 'OVERDRAFT';
        CONTINUE;
      END IF;
      available[debit_slot] := available[debit_slot] - units[i];
    ELSIF kinds[i] = 'POST' THEN
      available[debit_slot] := available[debit_slot] + held[i] - units[i];
    ELSE
      available[debit_slot] := available[debit_slot] + held[i];
    END IF;
    IF kinds[i] IN ('SINGLE', 'POST') THEN
      available[credit_slot] := available[credit_slot] + units[i];
    END IF;
    versions[debit_slot] := versions[debit_slot] + 1;
    debit_versions[i] := versions[debit_slot];
    versions[credit_slot] := versions[credit_slot] + 1;
    credit_versions[i] := versions[credit_slot];
  END LOOP;

  PERFORM set_config('naru.posting', 'on', true);
  UPDATE ledger_account a
     SET debits_pending = a.debits_pending + delta.debits_pending,
         debits_posted = a.debits_posted + delta.debits_posted,
         credits_pending = a.credits_pending + delta.credits_pending,
         credits_posted = a.credits_posted + delta.credits_posted,
         version = delta.version
    FROM (SELECT side.account_id, max(side.version) AS version,
                 coalesce(sum(leg.pending) FILTER (WHERE side.is_debit), 0) AS debits_pending,
                 coalesce(sum(leg.posted) FILTER (WHERE side.is_debit), 0) AS debits_posted,
                 coalesce(sum(leg.pending) FILTER (WHERE NOT side.is_debit), 0) AS credits_pending,
                 coalesce(sum(leg.posted) FILTER (WHERE NOT side.is_debit), 0) AS credits_posted
            FROM unnest(kinds, debits, credits, held, units, debit_versions, credit_versions, outcomes)
                   AS r (kind, debit_id, credit_id, held, units, debit_version, credit_version, outcome)
           CROSS JOIN LATERAL (
             SELECT CASE r.kind WHEN 'PENDING' THEN r.units WHEN 'SINGLE' THEN 0 ELSE -r.held END AS pending,
                    CASE WHEN r.kind IN ('SINGLE', 'POST') THEN r.units ELSE 0 END AS posted) leg
           CROSS JOIN LATERAL (
             VALUES (r.debit_id, r.debit_version, true),
                    (r.credit_id, r.credit_version, false)) AS side (account_id, version, is_debit)
           WHERE r.outcome = 'POSTED'
           GROUP BY side.account_id) delta
   WHERE a.id = delta.account_id AND a.id = ANY (accounts);
  INSERT INTO ledger_transfer (id, kind, pending_id, debit_account_id, credit_account_id, asset_id, amount,
                               debit_version, credit_version, reason, reference_id, created_at)
  SELECT r.id, r.kind, r.pending_id, r.debit_id, r.credit_id, assets[r.debit_slot], r.units,
         r.debit_version, r.credit_version, r.reason, r.reference_id, moment
    FROM unnest(ids, kinds, pending_ids, debits, credits, debit_slots, units, debit_versions, credit_versions, reasons,
                reference_ids, outcomes)
           AS r (id, kind, pending_id, debit_id, credit_id, debit_slot, units, debit_version, credit_version, reason,
                 reference_id, outcome)
   WHERE r.outcome = 'POSTED';
  PERFORM set_config('naru.posting', '', true);
  RETURN outcomes;
END $$;

-- Cuts a list that refers to itself into sets that do not, and posts them in turn. For ledger_post only.
CREATE FUNCTION ledger_post_sets(
  starts bigint[], ids uuid[], kinds text[], pending_ids uuid[], debit_ids uuid[], credit_ids uuid[],
  amounts numeric[], reasons text[], reference_ids uuid[]
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  outcomes text[] := '{}';
  a integer := 1;
  b integer;
BEGIN
  -- All locks first: sets that lock one after the other would not lock in the order of ids.
  PERFORM 1
     FROM (SELECT w.id FROM unnest(debit_ids || credit_ids) AS w (id)
           UNION
           SELECT unnest(ARRAY[h.debit_account_id, h.credit_account_id])
             FROM unnest(pending_ids) AS p (id)
            CROSS JOIN LATERAL (SELECT * FROM ledger_transfer WHERE id = p.id LIMIT 1) h
            ORDER BY 1) wanted
    CROSS JOIN LATERAL (SELECT 1 FROM ledger_account WHERE id = wanted.id FOR NO KEY UPDATE) a;
  FOREACH b IN ARRAY starts || (cardinality(ids) + 1)::bigint LOOP
    CONTINUE WHEN a = b;
    outcomes := outcomes || ledger_post_set(
      ids[a : b - 1], kinds[a : b - 1], pending_ids[a : b - 1], debit_ids[a : b - 1], credit_ids[a : b - 1],
      amounts[a : b - 1], reasons[a : b - 1], reference_ids[a : b - 1]);
    a := b;
  END LOOP;
  RETURN outcomes;
END $$;

-- Posts a list of transfers and answers one outcome for each. The answers, and what is written, are those of posting
-- them one after the other; a refused transfer changes nothing and does not hinder the others. Accounts are locked in
-- the order of their ids, and updated once for a list that does not refer to itself.
-- For POST and VOID the accounts come from the hold (pass NULL). Amount: NULL on a POST means all that is held, and a
-- VOID has none. Outcomes, the first that applies: EXISTS (same id, same content, done before); CONFLICT (same id,
-- other content); AMOUNT_INVALID (not a whole number from 1 to 10^66 − 1); HOLD_NOT_FOUND; HOLD_RESOLVED;
-- AMOUNT_OVER_HOLD; SAME_ACCOUNT; ACCOUNT_NOT_FOUND; ASSET_MISMATCH; OVERDRAFT; POSTED.
-- Lists of unequal length, a kind that is none, a pending_id where none belongs and the like are a caller's bug: an
-- error, invalid_parameter_value.
-- Settings: tables are new when a session's plans are made and large when they are used, so the plans must not depend
-- on statistics. Rows of tables are reached by index only, lists are joined by hash only.
CREATE FUNCTION ledger_post(
  ids uuid[], kinds text[], pending_ids uuid[], debit_ids uuid[], credit_ids uuid[],
  amounts numeric[], reasons text[], reference_ids uuid[]
) RETURNS TABLE (ordinal integer, transfer_id uuid, outcome text) LANGUAGE plpgsql
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_nestloop = off
SET enable_mergejoin = off
AS $$
DECLARE
  -- A retry for each session that commits one of these ids on other accounts while this one posts. More than a few of
  -- those is a bug of the callers; and in a snapshot that never sees them, no number of tries would help.
  tries_max CONSTANT integer := 5;
  total integer := coalesce(cardinality(ids), 0);
  shape text := array_dims(ids);
  outcomes text[];
  -- Places where a new set starts, ascending.
  starts bigint[];
  violated text;
BEGIN
  IF (shape, shape, shape, shape, shape, shape, shape) IS DISTINCT FROM (
       array_dims(kinds), array_dims(pending_ids), array_dims(debit_ids), array_dims(credit_ids),
       array_dims(amounts), array_dims(reasons), array_dims(reference_ids))
     OR shape <> format('[1:%s]', total)
     OR array_position(ids, NULL) IS NOT NULL OR array_position(reasons, NULL) IS NOT NULL
     OR NOT kinds <@ ARRAY['SINGLE', 'PENDING', 'POST', 'VOID']
     OR EXISTS (SELECT 1 FROM unnest(kinds, pending_ids, amounts) AS r (kind, pending_id, amount)
                 WHERE (r.kind IN ('POST', 'VOID')) <> (r.pending_id IS NOT NULL)
                    OR (r.kind = 'VOID' AND r.amount IS NOT NULL)) THEN
    RAISE EXCEPTION 'ledger_post: malformed list' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF total = 0 THEN RETURN; END IF;

  -- Where a transfer refers to an earlier one of the list (same id, same hold, or its hold), a new set starts, so that
  -- it finds the earlier one written.
  SELECT array_agg(DISTINCT r.n) INTO starts
    FROM (SELECT u.n, row_number() OVER (PARTITION BY u.id ORDER BY u.n) > 1 AS refers
            FROM (SELECT i.id, i.n FROM unnest(ids) WITH ORDINALITY AS i (id, n)
                  UNION ALL
                  SELECT p.id, p.n FROM unnest(pending_ids) WITH ORDINALITY AS p (id, n) WHERE p.id IS NOT NULL) u) r
   WHERE r.refers;

  FOR try IN 1 .. tries_max LOOP
    BEGIN
      IF starts IS NULL THEN
        outcomes := ledger_post_set(ids, kinds, pending_ids, debit_ids, credit_ids, amounts, reasons, reference_ids);
      ELSE
        outcomes := ledger_post_sets(
          starts, ids, kinds, pending_ids, debit_ids, credit_ids, amounts, reasons, reference_ids);
      END IF;
      RETURN QUERY
        SELECT r.n::integer, r.id, r.outcome
          FROM unnest(ids, outcomes) WITH ORDINALITY AS r (id, outcome, n) ORDER BY r.n;
      RETURN;
    EXCEPTION WHEN unique_violation THEN
      -- Another session committed one of these ids on other accounts, so no lock kept it out. Nothing of this try is
      -- left; the next one finds that row and answers CONFLICT.
      GET STACKED DIAGNOSTICS violated = CONSTRAINT_NAME;
      IF violated <> 'ledger_transfer_pkey' OR try = tries_max THEN RAISE; END IF;
    END;
  END LOOP;
END $$;

-- Checks the ledger against itself, in one snapshot. No row = every invariant holds. Reads every transfer.
CREATE FUNCTION ledger_check() RETURNS TABLE (invariant text, subject text, detail text) LANGUAGE sql STABLE
SET search_path = public, pg_temp
AS $$
  WITH transfer AS (
    SELECT t.*, h.kind AS hold_kind, h.amount AS held, h.debit_version AS hold_version,
           h.debit_account_id AS hold_debit_account_id, h.credit_account_id AS hold_credit_account_id,
           CASE t.kind WHEN 'PENDING' THEN t.amount WHEN 'SINGLE' THEN 0 ELSE -coalesce(h.amount, 0) END AS pending,
           CASE WHEN t.kind IN ('SINGLE', 'POST') THEN t.amount ELSE 0 END AS posted
      FROM ledger_transfer t LEFT JOIN ledger_transfer h ON h.id = t.pending_id
  ), leg AS (
    SELECT t.debit_account_id AS account_id, t.debit_version AS version, t.pending AS debit_pending,
           t.posted AS debit_posted, 0 AS credit_pending, 0 AS credit_posted
      FROM transfer t
    UNION ALL
    SELECT t.credit_account_id, t.credit_version, 0, 0, t.pending, t.posted FROM transfer t
  ), replay AS (
    SELECT l.account_id, count(*) AS steps, count(DISTINCT l.version) AS versions, max(l.version) AS version_max,
           sum(l.debit_pending) AS debits_pending, sum(l.debit_posted) AS debits_posted,
           sum(l.credit_pending) AS credits_pending, sum(l.credit_posted) AS credits_posted
      FROM leg l GROUP BY l.account_id
  ), history AS (
    SELECT l.account_id, l.version,
           sum(l.credit_posted - l.debit_posted - l.debit_pending)
             OVER (PARTITION BY l.account_id ORDER BY l.version) AS available
      FROM leg l
  )
  SELECT 'balances of an asset sum to zero', a.asset_id,
         format('posted %s, pending %s', sum(a.credits_posted - a.debits_posted),
                sum(a.credits_pending - a.debits_pending))
    FROM ledger_account a GROUP BY a.asset_id
  HAVING sum(a.credits_posted - a.debits_posted) <> 0 OR sum(a.credits_pending - a.debits_pending) <> 0
  UNION ALL
  SELECT 'a balance equals the replay of its rows', a.id::text,
         format('account (%s, %s, %s, %s), replay (%s, %s, %s, %s)',
                a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted,
                r.debits_pending, r.debits_posted, r.credits_pending, r.credits_posted)
    FROM ledger_account a LEFT JOIN replay r ON r.account_id = a.id
   WHERE (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted)
         IS DISTINCT FROM (coalesce(r.debits_pending, 0), coalesce(r.debits_posted, 0),
                           coalesce(r.credits_pending, 0), coalesce(r.credits_posted, 0))
  UNION ALL
  SELECT 'versions of an account have no gaps', a.id::text,
         format('version %s; %s rows, %s versions up to %s', a.version, r.steps, r.versions, r.version_max)
    FROM ledger_account a LEFT JOIN replay r ON r.account_id = a.id
   WHERE (a.version, a.version, a.version) IS DISTINCT FROM
         (coalesce(r.steps, 0), coalesce(r.versions, 0), coalesce(r.version_max, 0))
  UNION ALL
  SELECT 'no account was ever overdrawn', a.id::text,
         format('at %s of its versions, first at %s; lowest available %s', count(*), min(h.version), min(h.available))
    FROM ledger_account a JOIN history h ON h.account_id = a.id
   WHERE NOT a.may_overdraw AND h.available < 0
   GROUP BY a.id
  UNION ALL
  SELECT 'both sides of a transfer hold its asset', t.id::text,
         format('%s; debited %s: %s; credited %s: %s', t.asset_id, t.debit_account_id, coalesce(d.asset_id, 'missing'),
                t.credit_account_id, coalesce(c.asset_id, 'missing'))
    FROM transfer t
    LEFT JOIN ledger_account d ON d.id = t.debit_account_id
    LEFT JOIN ledger_account c ON c.id = t.credit_account_id
   WHERE (t.asset_id, t.asset_id) IS DISTINCT FROM (d.asset_id, c.asset_id)
  UNION ALL
  SELECT 'a resolution repeats its hold', t.id::text,
         format('%s %s of hold %s: %s; debited %s, credited %s', t.kind, t.amount, t.pending_id,
                coalesce(t.held::text, 'missing'), t.debit_account_id, t.credit_account_id)
    FROM transfer t
   WHERE t.pending_id IS NOT NULL
     AND (t.hold_kind IS DISTINCT FROM 'PENDING' OR t.amount > t.held OR (t.kind = 'VOID' AND t.amount <> t.held)
          OR t.debit_version <= t.hold_version
          OR (t.debit_account_id, t.credit_account_id)
             IS DISTINCT FROM (t.hold_debit_account_id, t.hold_credit_account_id))
$$;
