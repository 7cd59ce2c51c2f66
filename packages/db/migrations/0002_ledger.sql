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
) WITH (fillfactor = 50);

CREATE TABLE ledger_transfer (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('SINGLE', 'PENDING', 'POST', 'VOID')),
  -- The hold that a POST or VOID resolves.
  pending_id uuid REFERENCES ledger_transfer (id),
  debit_account_id uuid NOT NULL REFERENCES ledger_account (id),
  credit_account_id uuid NOT NULL REFERENCES ledger_account (id),
  asset_id text NOT NULL,
  amount numeric(78, 0) NOT NULL CHECK (amount > 0),
  debit_version bigint NOT NULL,
  credit_version bigint NOT NULL,
  -- Why the money moved, and for which withdrawal, chain transaction or command.
  reason text NOT NULL CHECK (reason IN ('WITHDRAWAL', 'CREDIT', 'FUNDING', 'GAS', 'ADJUSTMENT')),
  reference_id uuid,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
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

-- An account's columns change only together with rows that explain the change: the version says how many.
CREATE FUNCTION ledger_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('naru.posting', true) IS DISTINCT FROM 'on'
     OR NEW.version <= OLD.version
     OR (NEW.id, NEW.kind, NEW.organisation_id, NEW.asset_id, NEW.may_overdraw)
        IS DISTINCT FROM (OLD.id, OLD.kind, OLD.organisation_id, OLD.asset_id, OLD.may_overdraw) THEN
    RAISE EXCEPTION 'ledger accounts change only by ledger_post' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ledger_account_guard BEFORE UPDATE ON ledger_account
  FOR EACH ROW EXECUTE FUNCTION ledger_account_guard();

-- Posts a list of transfers. Locks the accounts concerned in the order of their ids, updates each once, and decides
-- each transfer in the order of the list; a refused one changes nothing and does not hinder the others.
-- For POST and VOID the accounts come from the hold (pass NULL), and NULL as amount means the amount held.
-- Outcomes: POSTED; EXISTS (same id, same content, done before); CONFLICT (same id, other content); OVERDRAFT;
-- HOLD_NOT_FOUND; HOLD_RESOLVED; AMOUNT_OVER_HOLD; ACCOUNT_NOT_FOUND; ASSET_MISMATCH.
CREATE FUNCTION ledger_post(
  ids uuid[], kinds text[], pending_ids uuid[], debit_ids uuid[], credit_ids uuid[],
  amounts numeric[], reasons text[], reference_ids uuid[]
) RETURNS TABLE (ordinal integer, transfer_id uuid, outcome text) LANGUAGE plpgsql AS $$
DECLARE
  total integer := coalesce(array_length(ids, 1), 0);
  outcomes text[];
  debits uuid[];
  credits uuid[];
  assets text[];
  units numeric[];
  overdraft boolean;
BEGIN
  IF total = 0 THEN RETURN; END IF;

  -- The accounts of holds, then the locks. A hold is immutable, so reading it before the lock is safe.
  SELECT array_agg(coalesce(h.debit_account_id, r.debit_id) ORDER BY r.n),
         array_agg(coalesce(h.credit_account_id, r.credit_id) ORDER BY r.n),
         array_agg(coalesce(r.amount, h.amount) ORDER BY r.n)
    INTO debits, credits, units
    FROM unnest(kinds, pending_ids, debit_ids, credit_ids, amounts)
           WITH ORDINALITY AS r (kind, pending_id, debit_id, credit_id, amount, n)
    LEFT JOIN ledger_transfer h
      ON h.id = r.pending_id AND h.kind = 'PENDING' AND r.kind IN ('POST', 'VOID');

  PERFORM 1 FROM ledger_account a WHERE a.id = ANY (debits || credits) ORDER BY a.id FOR NO KEY UPDATE;

  -- Everything but the overdraft, decided at once. Runs after the locks, so it sees what others have committed.
  SELECT array_agg(
           CASE
             WHEN t.id IS NOT NULL AND t.kind = r.kind AND t.pending_id IS NOT DISTINCT FROM r.pending_id
                  AND t.debit_account_id = r.debit_id AND t.credit_account_id = r.credit_id
                  AND t.amount = r.amount AND t.reason = r.reason
                  AND t.reference_id IS NOT DISTINCT FROM r.reference_id THEN 'EXISTS'
             WHEN t.id IS NOT NULL OR r.same_id > 1 THEN 'CONFLICT'
             WHEN r.kind IN ('POST', 'VOID') AND h.id IS NULL THEN 'HOLD_NOT_FOUND'
             WHEN r.kind IN ('POST', 'VOID') AND (s.id IS NOT NULL OR r.same_hold > 1) THEN 'HOLD_RESOLVED'
             WHEN r.kind IN ('POST', 'VOID') AND r.amount > h.amount THEN 'AMOUNT_OVER_HOLD'
             WHEN d.id IS NULL OR c.id IS NULL THEN 'ACCOUNT_NOT_FOUND'
             WHEN d.asset_id <> c.asset_id THEN 'ASSET_MISMATCH'
             ELSE 'POSTED'
           END ORDER BY r.n),
         array_agg(d.asset_id ORDER BY r.n)
    INTO outcomes, assets
    FROM (SELECT u.*,
                 row_number() OVER (PARTITION BY u.id ORDER BY u.n) AS same_id,
                 CASE WHEN u.pending_id IS NOT NULL
                      THEN row_number() OVER (PARTITION BY u.pending_id ORDER BY u.n) END AS same_hold
            FROM unnest(ids, kinds, pending_ids, debits, credits, units, reasons, reference_ids)
                   WITH ORDINALITY AS u (id, kind, pending_id, debit_id, credit_id, amount, reason, reference_id, n)) r
    LEFT JOIN ledger_transfer t ON t.id = r.id
    LEFT JOIN ledger_transfer h ON h.id = r.pending_id AND h.kind = 'PENDING'
    LEFT JOIN ledger_transfer s ON s.pending_id = r.pending_id
    LEFT JOIN ledger_account d ON d.id = r.debit_id
    LEFT JOIN ledger_account c ON c.id = r.credit_id;

  -- Fast path: when even all debits together, credits of this list left aside, fit, no order of them overdraws.
  SELECT EXISTS (
    SELECT 1
      FROM unnest(kinds, debits, units, outcomes) AS r (kind, debit_id, amount, outcome)
      JOIN ledger_account a ON a.id = r.debit_id AND NOT a.may_overdraw
     WHERE r.outcome = 'POSTED' AND r.kind IN ('SINGLE', 'PENDING')
     GROUP BY a.id
    HAVING a.debits_posted + a.debits_pending + sum(r.amount) > a.credits_posted)
    INTO overdraft;
  IF overdraft THEN
    outcomes := ledger_refuse_overdrafts(kinds, pending_ids, debits, credits, units, outcomes);
  END IF;

  PERFORM set_config('naru.posting', 'on', true);
  WITH accepted AS (
    SELECT r.*, h.amount AS held
      FROM unnest(ids, kinds, pending_ids, debits, credits, assets, units, reasons, reference_ids, outcomes)
             WITH ORDINALITY
             AS r (id, kind, pending_id, debit_id, credit_id, asset_id, amount, reason, reference_id, outcome, n)
      LEFT JOIN ledger_transfer h ON h.id = r.pending_id
     WHERE r.outcome = 'POSTED'
  ), leg AS (
    SELECT side.account_id, accepted.n, side.is_debit, accepted.kind, accepted.amount, accepted.held,
           row_number() OVER (PARTITION BY side.account_id ORDER BY accepted.n) AS step
      FROM accepted
     CROSS JOIN LATERAL (VALUES (accepted.debit_id, true), (accepted.credit_id, false)) AS side (account_id, is_debit)
  ), delta AS (
    SELECT leg.account_id, count(*) AS steps,
           coalesce(sum(CASE kind WHEN 'PENDING' THEN amount WHEN 'POST' THEN -held WHEN 'VOID' THEN -held END)
             FILTER (WHERE is_debit), 0) AS debits_pending,
           coalesce(sum(amount) FILTER (WHERE is_debit AND kind IN ('SINGLE', 'POST')), 0) AS debits_posted,
           coalesce(sum(CASE kind WHEN 'PENDING' THEN amount WHEN 'POST' THEN -held WHEN 'VOID' THEN -held END)
             FILTER (WHERE NOT is_debit), 0) AS credits_pending,
           coalesce(sum(amount) FILTER (WHERE NOT is_debit AND kind IN ('SINGLE', 'POST')), 0) AS credits_posted
      FROM leg GROUP BY leg.account_id
  ), updated AS (
    UPDATE ledger_account a
       SET debits_pending = a.debits_pending + delta.debits_pending,
           debits_posted = a.debits_posted + delta.debits_posted,
           credits_pending = a.credits_pending + delta.credits_pending,
           credits_posted = a.credits_posted + delta.credits_posted,
           version = a.version + delta.steps
      FROM delta WHERE a.id = delta.account_id
    RETURNING a.id, a.version - delta.steps AS version_before
  )
  INSERT INTO ledger_transfer (id, kind, pending_id, debit_account_id, credit_account_id, asset_id, amount,
                               debit_version, credit_version, reason, reference_id)
  SELECT accepted.id, accepted.kind, accepted.pending_id, accepted.debit_id, accepted.credit_id, accepted.asset_id,
         accepted.amount, ud.version_before + ld.step, uc.version_before + lc.step, accepted.reason,
         accepted.reference_id
    FROM accepted
    JOIN leg ld ON ld.n = accepted.n AND ld.is_debit
    JOIN leg lc ON lc.n = accepted.n AND NOT lc.is_debit
    JOIN updated ud ON ud.id = accepted.debit_id
    JOIN updated uc ON uc.id = accepted.credit_id;
  PERFORM set_config('naru.posting', '', true);

  RETURN QUERY
    SELECT r.n::integer, r.id, r.outcome
      FROM unnest(ids, outcomes) WITH ORDINALITY AS r (id, outcome, n) ORDER BY r.n;
END $$;

-- The slow path of ledger_post, taken only when the list as a whole would overdraw an account: decides one by one.
-- The caller holds the locks.
CREATE FUNCTION ledger_refuse_overdrafts(
  kinds text[], pending_ids uuid[], debits uuid[], credits uuid[], units numeric[], outcomes text[]
) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
  accounts uuid[];
  available numeric[];
  debit_at integer;
  credit_at integer;
  held numeric;
BEGIN
  SELECT array_agg(a.id), array_agg(a.credits_posted - a.debits_posted - a.debits_pending)
    INTO accounts, available
    FROM ledger_account a WHERE a.id = ANY (debits || credits) AND NOT a.may_overdraw;
  FOR i IN 1 .. array_length(kinds, 1) LOOP
    CONTINUE WHEN outcomes[i] <> 'POSTED';
    debit_at := array_position(accounts, debits[i]);
    credit_at := array_position(accounts, credits[i]);
    IF kinds[i] IN ('SINGLE', 'PENDING') AND debit_at IS NOT NULL THEN
      IF available[debit_at] < units[i] THEN
        outcomes[i] := 'OVERDRAFT';
        CONTINUE;
      END IF;
      available[debit_at] := available[debit_at] - units[i];
    ELSIF kinds[i] IN ('POST', 'VOID') AND debit_at IS NOT NULL THEN
      SELECT h.amount INTO held FROM ledger_transfer h WHERE h.id = pending_ids[i];
      available[debit_at] := available[debit_at] + held - CASE kinds[i] WHEN 'POST' THEN units[i] ELSE 0 END;
    END IF;
    IF kinds[i] IN ('SINGLE', 'POST') AND credit_at IS NOT NULL THEN
      available[credit_at] := available[credit_at] + units[i];
    END IF;
  END LOOP;
  RETURN outcomes;
END $$;

-- Checks the ledger against itself. No row = every invariant holds.
CREATE FUNCTION ledger_check() RETURNS TABLE (invariant text, subject text, detail text) LANGUAGE sql STABLE AS $$
  WITH leg AS (
    SELECT t.debit_account_id AS account_id, t.debit_version AS version, true AS is_debit, t.* FROM ledger_transfer t
    UNION ALL
    SELECT t.credit_account_id, t.credit_version, false, t.* FROM ledger_transfer t
  ), replay AS (
    SELECT leg.account_id, count(*) AS steps, max(leg.version) AS version_max, count(DISTINCT leg.version) AS versions,
           coalesce(sum(CASE leg.kind WHEN 'PENDING' THEN leg.amount WHEN 'SINGLE' THEN 0 ELSE -h.amount END)
             FILTER (WHERE leg.is_debit), 0) AS debits_pending,
           coalesce(sum(leg.amount) FILTER (WHERE leg.is_debit AND leg.kind IN ('SINGLE', 'POST')), 0) AS debits_posted,
           coalesce(sum(CASE leg.kind WHEN 'PENDING' THEN leg.amount WHEN 'SINGLE' THEN 0 ELSE -h.amount END)
             FILTER (WHERE NOT leg.is_debit), 0) AS credits_pending,
           coalesce(sum(leg.amount) FILTER (WHERE NOT leg.is_debit AND leg.kind IN ('SINGLE', 'POST')), 0)
             AS credits_posted
      FROM leg LEFT JOIN ledger_transfer h ON h.id = leg.pending_id
     GROUP BY leg.account_id
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
         format('version %s, rows %s, distinct %s, highest %s', a.version, r.steps, r.versions, r.version_max)
    FROM ledger_account a LEFT JOIN replay r ON r.account_id = a.id
   WHERE a.version <> coalesce(r.steps, 0) OR a.version <> coalesce(r.versions, 0)
      OR a.version <> coalesce(r.version_max, 0)
  UNION ALL
  SELECT 'no account is overdrawn', a.id::text, format('available %s', a.credits_posted - a.debits_posted - a.debits_pending)
    FROM ledger_account a
   WHERE NOT a.may_overdraw AND a.debits_posted + a.debits_pending > a.credits_posted
  UNION ALL
  SELECT 'both sides of a transfer hold its asset', t.id::text, format('%s, %s, %s', d.asset_id, t.asset_id, c.asset_id)
    FROM ledger_transfer t
    JOIN ledger_account d ON d.id = t.debit_account_id
    JOIN ledger_account c ON c.id = t.credit_account_id
   WHERE t.asset_id <> d.asset_id OR t.asset_id <> c.asset_id
  UNION ALL
  SELECT 'a resolution repeats its hold', t.id::text, format('%s of %s', t.amount, h.amount)
    FROM ledger_transfer t JOIN ledger_transfer h ON h.id = t.pending_id
   WHERE h.kind <> 'PENDING' OR t.amount > h.amount
      OR (t.debit_account_id, t.credit_account_id) IS DISTINCT FROM (h.debit_account_id, h.credit_account_id)
$$;
