-- Policy: what an organisation may withdraw, to whom, how fast, and what a person must look at first.

-- Ceilings in won. NULL: none. Days and months are those of Asia/Seoul.
CREATE TABLE tier (
  code text PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9-]{1,39}$'),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  per_withdrawal_krw_max numeric(30, 0) CHECK (per_withdrawal_krw_max > 0),
  daily_krw_max numeric(30, 0) CHECK (daily_krw_max > 0),
  monthly_krw_max numeric(30, 0) CHECK (monthly_krw_max > 0),
  daily_count_max bigint CHECK (daily_count_max > 0),
  monthly_count_max bigint CHECK (monthly_count_max > 0),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE organisation_tier (
  organisation_id uuid PRIMARY KEY REFERENCES organisation (id),
  tier_code text NOT NULL REFERENCES tier (code),
  assigned_at timestamptz NOT NULL DEFAULT now()
);
-- What an organisation with a tier has asked for on a day and in a month. Its rows are the lock that keeps the ceilings
-- over all processes.
CREATE TABLE tier_usage (
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  period text NOT NULL CHECK (period IN ('DAY', 'MONTH')),
  starts_on date NOT NULL,
  count bigint NOT NULL DEFAULT 0 CHECK (count >= 0),
  amount_krw numeric(40, 0) NOT NULL DEFAULT 0 CHECK (amount_krw >= 0),
  PRIMARY KEY (organisation_id, period, starts_on),
  CHECK (period <> 'MONTH' OR extract(day FROM starts_on) = 1)
);

-- A version of the rules. NULL as organisation: the default of the installation, for organisations without one.
CREATE TABLE policy_version (
  id uuid PRIMARY KEY,
  organisation_id uuid REFERENCES organisation (id),
  number integer NOT NULL CHECK (number > 0),
  state text NOT NULL DEFAULT 'DRAFT' CHECK (state IN ('DRAFT', 'ACTIVE', 'RETIRED')),
  -- As the schema of packages/wire/src/policy-document.ts has it; amounts are decimal strings.
  document json NOT NULL,
  author text NOT NULL,
  note text,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- It governs what is accepted from then, and up to then. Both lie a little ahead of the decision, so that every
  -- process knows of it in time.
  effective_at timestamptz,
  ends_at timestamptz,
  UNIQUE NULLS NOT DISTINCT (organisation_id, number),
  CHECK (state <> 'DRAFT' OR effective_at IS NULL),
  CHECK (state <> 'ACTIVE' OR (effective_at IS NOT NULL AND ends_at IS NULL)),
  CHECK (ends_at IS NULL OR effective_at IS NULL OR ends_at >= effective_at)
);
CREATE UNIQUE INDEX policy_version_active ON policy_version (organisation_id) NULLS NOT DISTINCT
  WHERE state = 'ACTIVE';
CREATE INDEX policy_version_effective ON policy_version (organisation_id, effective_at)
  WHERE effective_at IS NOT NULL;

CREATE TABLE policy_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO policy_transition VALUES ('DRAFT', 'ACTIVE'), ('DRAFT', 'RETIRED'), ('ACTIVE', 'RETIRED');

CREATE FUNCTION policy_version_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.organisation_id, NEW.number, NEW.document::text, NEW.author, NEW.note, NEW.created_at)
     IS DISTINCT FROM
     (OLD.id, OLD.organisation_id, OLD.number, OLD.document::text, OLD.author, OLD.note, OLD.created_at)
     OR (OLD.effective_at IS NOT NULL AND NEW.effective_at IS DISTINCT FROM OLD.effective_at)
     OR (OLD.ends_at IS NOT NULL AND NEW.ends_at IS DISTINCT FROM OLD.ends_at) THEN
    RAISE EXCEPTION 'policy version %: a version never changes', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.state <> OLD.state AND NOT EXISTS (
       SELECT 1 FROM policy_transition t WHERE t.from_state = OLD.state AND t.to_state = NEW.state) THEN
    RAISE EXCEPTION 'policy version %: % may not become %', OLD.id, OLD.state, NEW.state
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER policy_version_guard BEFORE UPDATE ON policy_version
  FOR EACH ROW EXECUTE FUNCTION policy_version_guard();
CREATE TRIGGER policy_version_no_delete BEFORE DELETE ON policy_version
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What a withdrawal of an organisation with a tier or a policy was worth when it was accepted. NULL: nobody could say.
CREATE TABLE withdrawal_value (
  withdrawal_id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  amount_krw numeric(40, 0) CHECK (amount_krw >= 0),
  -- The rates it was valued by, each with its moment and whether it was fresh.
  rates json NOT NULL,
  -- The tier that counted it, and the day it was counted on.
  tier_code text,
  counted_on date NOT NULL
);
CREATE TRIGGER withdrawal_value_immutable BEFORE UPDATE OR DELETE ON withdrawal_value
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- What the rules said of a withdrawal, by which version, from what.
CREATE TABLE policy_decision (
  withdrawal_id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL,
  -- NULL: no version governed it, but its tier could not be judged.
  policy_version_id uuid REFERENCES policy_version (id),
  verdict text NOT NULL CHECK (verdict IN ('ALLOW', 'REVIEW', 'DENY')),
  score smallint NOT NULL CHECK (score BETWEEN 0 AND 100),
  -- [{code, text, points}]
  reasons json NOT NULL,
  inputs json NOT NULL,
  approvals_required integer NOT NULL CHECK (approvals_required >= 0),
  decided_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK ((verdict = 'REVIEW') = (approvals_required > 0))
);
CREATE TRIGGER policy_decision_immutable BEFORE UPDATE OR DELETE ON policy_decision
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER policy_decision_no_truncate BEFORE TRUNCATE ON policy_decision
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- As for other rows of withdrawals: one check for a statement. A value is of a withdrawal that was just accepted, a
-- decision of one that the same transaction has taken up: neither is written for another organisation's, or later.
CREATE FUNCTION withdrawal_value_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
SET enable_seqscan = off
AS $$
DECLARE
  bad uuid;
BEGIN
  SELECT n.withdrawal_id INTO bad
    FROM new_rows n
    LEFT JOIN LATERAL (SELECT * FROM withdrawal WHERE id = n.withdrawal_id LIMIT 1) w ON true
   WHERE (w.organisation_id, w.state) IS DISTINCT FROM (n.organisation_id, TG_ARGV[0]) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'withdrawal %: it is not a % one of this organisation', bad, TG_ARGV[0]
      USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER withdrawal_value_guard AFTER INSERT ON withdrawal_value
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION withdrawal_value_guard('PENDING');
CREATE TRIGGER policy_decision_guard AFTER INSERT ON policy_decision
  REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION withdrawal_value_guard('VALIDATING');

-- Addresses that an organisation knows. One that was removed and is added again begins anew.
CREATE TABLE address_book_entry (
  id uuid PRIMARY KEY,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  chain_id text NOT NULL REFERENCES chain (id),
  address text NOT NULL CHECK (address ~ '^0x[0-9a-fA-F]{40}$'),
  label text NOT NULL CHECK (length(label) BETWEEN 1 AND 200),
  added_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  removed_at timestamptz
);
CREATE UNIQUE INDEX address_book_entry_present ON address_book_entry (organisation_id, chain_id, address)
  WHERE removed_at IS NULL;

-- Addresses that nobody is paid at. NULL as chain: on every chain.
CREATE TABLE blocked_address (
  id uuid PRIMARY KEY,
  chain_id text REFERENCES chain (id),
  address text NOT NULL CHECK (address ~ '^0x[0-9a-fA-F]{40}$'),
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  added_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX blocked_address_once ON blocked_address (address, chain_id) NULLS NOT DISTINCT;

-- What a source said of an address, for as long as that may be used.
CREATE TABLE screening_result (
  chain_id text NOT NULL REFERENCES chain (id),
  address text NOT NULL,
  source text NOT NULL CHECK (source IN ('ORACLE', 'LIST')),
  listed boolean NOT NULL,
  category text,
  detail text NOT NULL,
  checked_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (chain_id, address, source)
);
CREATE INDEX screening_result_expiry ON screening_result (expires_at);

-- Where the rate of a pair comes from, and how long it can be trusted.
CREATE TABLE exchange_rate_pair (
  -- An asset's code, or its id where one chain's asset of that code is something else; 'USD' for USD/KRW.
  base text NOT NULL CHECK (length(base) BETWEEN 2 AND 60),
  quote text NOT NULL CHECK (quote IN ('USD', 'KRW')),
  source text NOT NULL CHECK (source IN ('OPERATOR', 'CHAINLINK', 'KOREAEXIM')),
  -- Of CHAINLINK: the aggregator, and whether it tells quote/base instead.
  chain_id text REFERENCES chain (id),
  feed_address text CHECK (feed_address ~ '^0x[0-9a-fA-F]{40}$'),
  inverse boolean NOT NULL DEFAULT false,
  -- Older than fresh: valued with the margin on top. Older than usable: not valued at all.
  fresh_seconds bigint NOT NULL CHECK (fresh_seconds > 0),
  usable_seconds bigint NOT NULL,
  margin_bps integer NOT NULL CHECK (margin_bps BETWEEN 0 AND 10000),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (base, quote),
  CHECK (base <> quote),
  CHECK (usable_seconds >= fresh_seconds),
  CHECK ((source = 'CHAINLINK') = (chain_id IS NOT NULL)),
  CHECK ((source = 'CHAINLINK') = (feed_address IS NOT NULL))
);
CREATE TABLE exchange_rate (
  base text NOT NULL,
  quote text NOT NULL,
  source text NOT NULL,
  -- The moment that the source says the rate is of.
  observed_at timestamptz NOT NULL,
  -- Quote units for one base unit, times 10^18.
  rate_e18 numeric(60, 0) NOT NULL CHECK (rate_e18 > 0),
  detail text NOT NULL,
  recorded_by text NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (base, quote, source, observed_at)
);
CREATE TRIGGER exchange_rate_immutable BEFORE UPDATE ON exchange_rate
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER tier_audit AFTER INSERT OR UPDATE OR DELETE ON tier
  FOR EACH ROW EXECUTE FUNCTION audit_change('code');
CREATE TRIGGER organisation_tier_audit AFTER INSERT OR UPDATE OR DELETE ON organisation_tier
  FOR EACH ROW EXECUTE FUNCTION audit_change('organisation_id');
CREATE TRIGGER policy_version_audit AFTER INSERT OR UPDATE OR DELETE ON policy_version
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER address_book_entry_audit AFTER INSERT OR UPDATE OR DELETE ON address_book_entry
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER blocked_address_audit AFTER INSERT OR UPDATE OR DELETE ON blocked_address
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');
CREATE TRIGGER exchange_rate_pair_audit AFTER INSERT OR UPDATE OR DELETE ON exchange_rate_pair
  FOR EACH ROW EXECUTE FUNCTION audit_change('base', 'quote');
-- A rate that a person gave; those that a source tells come by the thousand.
CREATE TRIGGER exchange_rate_audit AFTER INSERT ON exchange_rate
  FOR EACH ROW WHEN (NEW.source = 'OPERATOR') EXECUTE FUNCTION audit_change('base', 'quote');
