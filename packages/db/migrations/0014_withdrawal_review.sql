-- Approval: a withdrawal in REVIEW waits for people, and leaves it only with what they decided.

-- The person or system behind a key, in lower case. Two keys of one holder are one voter.
ALTER TABLE api_key ADD COLUMN holder text
  CHECK (holder = lower(btrim(holder)) AND length(holder) BETWEEN 1 AND 100);
ALTER TABLE api_key ADD CONSTRAINT api_key_voter_has_holder
  CHECK (holder IS NOT NULL OR NOT scopes && ARRAY['approvals:write', 'approvals:emergency']);

-- A holder may be named once and is not exchanged: who could rename a key could vote twice with it.
CREATE FUNCTION api_key_holder_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.holder IS NOT NULL AND NEW.holder IS DISTINCT FROM OLD.holder THEN
    RAISE EXCEPTION 'api key %: its holder stays', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER api_key_holder_guard BEFORE UPDATE OF holder ON api_key
  FOR EACH ROW EXECUTE FUNCTION api_key_holder_guard();

-- What the programs show of an id (packages/kit/src/ids.ts): a prefix and the UUID in Crockford's base 32.
CREATE FUNCTION public_id(prefix text, id uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN prefix || '_' || (
  SELECT string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz',
           substring((B'00' || ('x' || replace(id::text, '-', ''))::bit(128)) FROM 5 * n + 1 FOR 5)::bit(5)::integer + 1,
           1), '' ORDER BY n)
    FROM generate_series(0, 25) AS n);

-- SHA-256 over what a voter agrees to, as packages/core/src/approval/review-facts.ts writes it.
CREATE FUNCTION review_facts_hash(of_withdrawal uuid) RETURNS bytea LANGUAGE sql STABLE STRICT
SET search_path = public, pg_temp
RETURN (
  SELECT sha256(convert_to(concat_ws(E'\n', 'naru review facts 1', public_id('wd', w.id), w.chain_id, a.code,
           w.to_address, trim_scale((w.amount::text || 'e-' || a.decimals)::numeric)), 'UTF8'))
    FROM withdrawal w JOIN asset a ON a.id = w.asset_id WHERE w.id = of_withdrawal);

CREATE TABLE withdrawal_review (
  id uuid PRIMARY KEY,
  withdrawal_id uuid NOT NULL REFERENCES withdrawal (id),
  -- The withdrawal's version in REVIEW: an approval is for this stay in it and for no other.
  withdrawal_version integer NOT NULL,
  organisation_id uuid NOT NULL REFERENCES organisation (id),
  state text NOT NULL DEFAULT 'OPEN' CHECK (state IN ('OPEN', 'APPROVED', 'DENIED', 'EXPIRED', 'CANCELED', 'OVERTAKEN')),
  -- Different persons that must approve.
  quorum integer NOT NULL CHECK (quorum BETWEEN 1 AND 10),
  -- Why a person is asked: [{code, text}].
  reasons json NOT NULL,
  policy_version_id uuid,
  -- Who asked for the withdrawal, as its first event has it, and who stands behind that key. Neither may vote.
  requester text NOT NULL,
  requester_key_id uuid,
  requester_holder text,
  facts_hash bytea NOT NULL CHECK (length(facts_hash) = 32),
  -- After an emergency approval by one person alone: what a second person said of it.
  confirmation text NOT NULL DEFAULT 'NONE' CHECK (confirmation IN ('NONE', 'DUE', 'CONFIRMED', 'OBJECTED')),
  -- OVERTAKEN: the batch that the chain holds, found when a restored database was compared with it.
  chain_tx_id uuid REFERENCES chain_tx (id),
  opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  expires_at timestamptz NOT NULL,
  closed_at timestamptz,
  UNIQUE (withdrawal_id, withdrawal_version),
  CHECK (expires_at > opened_at),
  CHECK ((state = 'OPEN') = (closed_at IS NULL)),
  CHECK ((state = 'OVERTAKEN') = (chain_tx_id IS NOT NULL)),
  CHECK (confirmation = 'NONE' OR state = 'APPROVED')
);
CREATE UNIQUE INDEX withdrawal_review_open ON withdrawal_review (withdrawal_id) WHERE state = 'OPEN';
CREATE INDEX withdrawal_review_expiry ON withdrawal_review (expires_at) WHERE state = 'OPEN';
CREATE INDEX withdrawal_review_list ON withdrawal_review (organisation_id, id);
CREATE INDEX withdrawal_review_waiting ON withdrawal_review (id) WHERE state = 'OPEN';
CREATE INDEX withdrawal_review_unconfirmed ON withdrawal_review (id) WHERE confirmation IN ('DUE', 'OBJECTED');

CREATE TABLE withdrawal_review_transition (
  from_state text NOT NULL,
  to_state text NOT NULL,
  PRIMARY KEY (from_state, to_state)
);
INSERT INTO withdrawal_review_transition VALUES
  ('OPEN', 'APPROVED'),
  ('OPEN', 'DENIED'),
  ('OPEN', 'EXPIRED'),
  ('OPEN', 'CANCELED'),
  ('OPEN', 'OVERTAKEN');

CREATE TABLE withdrawal_vote (
  review_id uuid NOT NULL REFERENCES withdrawal_review (id),
  holder text NOT NULL,
  api_key_id uuid NOT NULL REFERENCES api_key (id),
  -- CONFIRM and OBJECT come after an emergency approval, from a second person; the others before the money goes.
  decision text NOT NULL CHECK (decision IN ('APPROVE', 'APPROVE_ALONE', 'DENY', 'CONFIRM', 'OBJECT')),
  -- What the voter was shown.
  facts_hash bytea NOT NULL CHECK (length(facts_hash) = 32),
  reason text CHECK (length(reason) BETWEEN 1 AND 1000),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Once each: who has approved may still deny, or in an emergency approve alone, and counts as one person.
  PRIMARY KEY (review_id, holder, decision),
  CHECK (reason IS NOT NULL OR decision IN ('APPROVE', 'CONFIRM'))
);
CREATE TRIGGER withdrawal_vote_immutable BEFORE UPDATE OR DELETE ON withdrawal_vote
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_vote_no_truncate BEFORE TRUNCATE ON withdrawal_vote
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_vote_audit AFTER INSERT ON withdrawal_vote
  FOR EACH ROW EXECUTE FUNCTION audit_change('review_id', 'holder', 'decision');

-- A vote is that of a key which may vote, by a person who did not ask for the withdrawal, on what is open, and for
-- exactly what the withdrawal pays. The program refuses the same in words.
CREATE FUNCTION withdrawal_vote_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  r withdrawal_review;
  k api_key;
  w record;
  is_before boolean := NEW.decision NOT IN ('CONFIRM', 'OBJECT');
  problem text;
BEGIN
  SELECT * INTO r FROM withdrawal_review WHERE id = NEW.review_id FOR UPDATE;
  SELECT * INTO k FROM api_key WHERE id = NEW.api_key_id;
  SELECT d.priority, c.network INTO w
    FROM withdrawal d JOIN chain c ON c.id = d.chain_id WHERE d.id = r.withdrawal_id;
  problem := CASE
    WHEN k.holder IS DISTINCT FROM NEW.holder THEN 'the key is not that of ' || NEW.holder
    WHEN k.revoked_at IS NOT NULL OR k.expires_at <= clock_timestamp() THEN 'the key is not valid'
    WHEN NOT ('admin' = ANY (k.scopes)
              OR (k.organisation_id = r.organisation_id
                  AND k.scopes && ARRAY['approvals:write', 'approvals:emergency'])) THEN 'the key may not vote'
    WHEN (k.network = 'live') <> (w.network = 'main') THEN 'the key is for another network'
    WHEN NEW.decision = 'APPROVE_ALONE' AND NOT 'approvals:emergency' = ANY (k.scopes)
      THEN 'the key may not approve alone'
    WHEN NEW.decision = 'APPROVE_ALONE' AND w.priority <> 'EMERGENCY' THEN 'it is no emergency'
    WHEN r.requester_key_id = k.id OR r.requester_holder = NEW.holder
      THEN 'who asked for it does not vote'
    WHEN is_before AND r.state <> 'OPEN' THEN 'it is ' || r.state
    WHEN is_before AND r.expires_at <= clock_timestamp() THEN 'it has expired'
    WHEN NOT is_before AND r.confirmation <> 'DUE' THEN 'nothing is to be confirmed'
    WHEN NOT is_before AND EXISTS (SELECT 1 FROM withdrawal_vote v WHERE v.review_id = r.id
           AND v.decision = 'APPROVE_ALONE' AND v.holder = NEW.holder) THEN 'a second person confirms'
    WHEN NEW.facts_hash IS DISTINCT FROM r.facts_hash
      OR NEW.facts_hash IS DISTINCT FROM review_facts_hash(r.withdrawal_id) THEN 'it is for something else'
  END;
  IF problem IS NOT NULL THEN
    RAISE EXCEPTION 'vote of % on review %: %', NEW.holder, NEW.review_id, problem USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_vote_guard BEFORE INSERT ON withdrawal_vote
  FOR EACH ROW EXECUTE FUNCTION withdrawal_vote_guard();

-- Do its votes release it? Enough persons, or in an emergency one who may do so alone; and nobody who denied.
CREATE FUNCTION review_is_carried(of_review uuid, quorum integer) RETURNS boolean LANGUAGE sql STABLE
SET search_path = public, pg_temp
RETURN (
  SELECT count(*) FILTER (WHERE v.decision = 'DENY') = 0
         AND (count(*) FILTER (WHERE v.decision = 'APPROVE_ALONE') > 0
              OR count(DISTINCT v.holder) FILTER (WHERE v.decision IN ('APPROVE', 'APPROVE_ALONE')) >= quorum)
    FROM withdrawal_vote v WHERE v.review_id = of_review AND v.facts_hash = review_facts_hash(
      (SELECT r.withdrawal_id FROM withdrawal_review r WHERE r.id = of_review)));

CREATE FUNCTION withdrawal_review_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  problem text;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NEW.state <> 'OPEN' OR NEW.confirmation <> 'NONE' OR NOT EXISTS (
         SELECT 1
           FROM withdrawal w
           JOIN withdrawal_event e ON e.withdrawal_id = w.id AND e.version = 1
           LEFT JOIN api_key k ON k.id = NEW.requester_key_id
          WHERE w.id = NEW.withdrawal_id AND w.state = 'VALIDATING' AND w.version + 1 = NEW.withdrawal_version
            AND w.organisation_id = NEW.organisation_id AND e.actor = NEW.requester
            AND (e.actor = 'api_key:' || public_id('key', NEW.requester_key_id)
                 OR (NEW.requester_key_id IS NULL AND NOT starts_with(e.actor, 'api_key:')))
            AND k.holder IS NOT DISTINCT FROM NEW.requester_holder
            AND review_facts_hash(w.id) = NEW.facts_hash) THEN
      RAISE EXCEPTION 'review of withdrawal %: it does not say what the withdrawal says', NEW.withdrawal_id
        USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
  END IF;
  problem := CASE
    WHEN (NEW.id, NEW.withdrawal_id, NEW.withdrawal_version, NEW.organisation_id, NEW.quorum, NEW.reasons::text,
          NEW.policy_version_id, NEW.requester, NEW.requester_key_id, NEW.requester_holder, NEW.facts_hash, NEW.opened_at,
          NEW.expires_at)
         IS DISTINCT FROM
         (OLD.id, OLD.withdrawal_id, OLD.withdrawal_version, OLD.organisation_id, OLD.quorum, OLD.reasons::text,
          OLD.policy_version_id, OLD.requester, OLD.requester_key_id, OLD.requester_holder, OLD.facts_hash, OLD.opened_at,
          OLD.expires_at)
      THEN 'what is asked is frozen'
    WHEN NEW.state <> OLD.state AND NOT EXISTS (
           SELECT 1 FROM withdrawal_review_transition t WHERE t.from_state = OLD.state AND t.to_state = NEW.state)
      THEN OLD.state || ' may not become ' || NEW.state
    WHEN NEW.state <> OLD.state AND NEW.state = 'APPROVED' AND NOT review_is_carried(OLD.id, OLD.quorum)
      THEN 'too few have approved it'
    WHEN NEW.state <> OLD.state AND NEW.state = 'DENIED' AND NOT EXISTS (
           SELECT 1 FROM withdrawal_vote v WHERE v.review_id = OLD.id AND v.decision = 'DENY')
      THEN 'nobody has denied it'
    WHEN NEW.state <> OLD.state AND NEW.state = 'EXPIRED' AND OLD.expires_at > clock_timestamp()
      THEN 'its time is not over'
    WHEN NEW.state <> OLD.state AND NEW.state = 'OVERTAKEN' AND NOT EXISTS (
           SELECT 1 FROM chain_tx x WHERE x.id = NEW.chain_tx_id AND x.block_hash IS NOT NULL)
      THEN 'no block holds it'
    WHEN NEW.state = OLD.state AND NEW.chain_tx_id IS DISTINCT FROM OLD.chain_tx_id THEN 'its end is frozen'
    -- Approved by one person alone, for want of a quorum: a second person is due, and only a second person ends that.
    WHEN NEW.state <> OLD.state AND NEW.state = 'APPROVED' AND NEW.confirmation <> (
           SELECT CASE WHEN count(*) FILTER (WHERE v.decision = 'APPROVE_ALONE') > 0
                        AND count(DISTINCT v.holder) FILTER (WHERE v.decision IN ('APPROVE', 'APPROVE_ALONE')) < OLD.quorum
                       THEN 'DUE' ELSE 'NONE' END
             FROM withdrawal_vote v WHERE v.review_id = OLD.id)
      THEN 'who must confirm it is left out'
    WHEN NEW.state = OLD.state AND NEW.confirmation <> OLD.confirmation AND NOT (
           OLD.confirmation = 'DUE' AND EXISTS (
             SELECT 1 FROM withdrawal_vote v WHERE v.review_id = OLD.id
                AND v.decision = CASE NEW.confirmation WHEN 'CONFIRMED' THEN 'CONFIRM' WHEN 'OBJECTED' THEN 'OBJECT' END))
      THEN 'no second person has spoken'
  END;
  IF problem IS NOT NULL THEN
    RAISE EXCEPTION 'review %: %', OLD.id, problem USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER withdrawal_review_guard BEFORE INSERT OR UPDATE ON withdrawal_review
  FOR EACH ROW EXECUTE FUNCTION withdrawal_review_guard();
CREATE TRIGGER withdrawal_review_no_delete BEFORE DELETE ON withdrawal_review
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_review_no_truncate BEFORE TRUNCATE ON withdrawal_review
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- No program led there so far.
DO $$ BEGIN
  ASSERT NOT EXISTS (SELECT 1 FROM withdrawal WHERE state = 'REVIEW'), 'a withdrawal is in REVIEW without a review';
END $$;

-- Steps into and out of REVIEW need their review, as steps after a dispatch need the chain:
--   OPENED    a review of this stay is open
--   APPROVED  it was approved by enough persons, or the chain has overtaken it
--   CLOSED    it ended without that
ALTER TABLE withdrawal_transition DROP CONSTRAINT withdrawal_transition_proof_check;
ALTER TABLE withdrawal_transition ADD CONSTRAINT withdrawal_transition_proof_check
  CHECK (proof IN ('PAID', 'UNPAID', 'OPENED', 'APPROVED', 'CLOSED'));
UPDATE withdrawal_transition SET proof = 'OPENED' WHERE from_state = 'VALIDATING' AND to_state = 'REVIEW';
UPDATE withdrawal_transition SET proof = 'APPROVED' WHERE from_state = 'REVIEW' AND to_state = 'VALIDATING';
UPDATE withdrawal_transition SET proof = 'CLOSED' WHERE from_state = 'REVIEW' AND to_state IN ('FAILED', 'CANCELED');

-- The votes are counted once more here: the state of a review alone releases nothing.
CREATE FUNCTION review_proves(needed text, of_withdrawal uuid, version_in_review integer) RETURNS boolean
LANGUAGE sql STABLE
SET search_path = public, pg_temp
RETURN EXISTS (
  SELECT 1 FROM withdrawal_review r
   WHERE r.withdrawal_id = of_withdrawal AND r.withdrawal_version = version_in_review
     AND CASE needed
           WHEN 'OPENED' THEN r.state = 'OPEN'
           WHEN 'APPROVED' THEN (r.state = 'APPROVED' AND review_is_carried(r.id, r.quorum))
             OR (r.state = 'OVERTAKEN' AND EXISTS (
                   SELECT 1 FROM chain_tx x WHERE x.id = r.chain_tx_id AND x.block_hash IS NOT NULL))
           WHEN 'CLOSED' THEN r.state IN ('DENIED', 'EXPIRED', 'CANCELED')
         END);

-- As before, and asks for a review where the edge does: a step that needs none pays nothing for it.
CREATE OR REPLACE FUNCTION withdrawal_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  bad record;
BEGIN
  SELECT coalesce(o.id, n.id) AS id, o.state AS from_state, n.state AS to_state, t.proof INTO bad
    FROM old_rows o
    FULL JOIN new_rows n ON n.id = o.id
    LEFT JOIN withdrawal_transition t ON t.from_state = o.state AND t.to_state = n.state
    LEFT JOIN LATERAL (SELECT kind, state, outcomes FROM chain_tx WHERE id = o.chain_tx_id LIMIT 1) x ON true
   WHERE o.id IS NULL OR n.id IS NULL
      OR (o.state <> n.state AND (
            t.from_state IS NULL
            OR (t.proof = 'PAID' AND NOT coalesce(
                  x.kind = 'PAYOUT' AND x.state = 'EXECUTED' AND get_byte(x.outcomes, o.chain_tx_position) = 1, false))
            OR (t.proof = 'UNPAID' AND NOT coalesce(
                  x.state IN ('REVERTED', 'CANCELED', 'DISPLACED')
                  OR (x.state = 'EXECUTED' AND get_byte(x.outcomes, o.chain_tx_position) <> 1), false))
            OR (t.proof IN ('OPENED', 'APPROVED', 'CLOSED') AND NOT review_proves(
                  t.proof, o.id, CASE WHEN n.state = 'REVIEW' THEN n.version ELSE o.version END))))
      OR n.version <> o.version + CASE WHEN o.state <> n.state THEN 1 ELSE 0 END
      -- A proof is that of the transaction a withdrawal was planned in: it changes with the plan, and only then.
      OR ((n.chain_tx_id, n.chain_tx_position) IS DISTINCT FROM (o.chain_tx_id, o.chain_tx_position)
          AND NOT (o.state = 'VALIDATING' AND n.state = 'SIGNING')
          AND NOT (o.state = 'CONFIRMING' AND n.state = 'VALIDATING'))
      OR (n.organisation_id, n.chain_id, n.asset_id, n.to_address, n.amount, n.priority, n.created_at)
         IS DISTINCT FROM (o.organisation_id, o.chain_id, o.asset_id, o.to_address, o.amount, o.priority, o.created_at)
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'withdrawal %: % may not become % (proof needed: %)', bad.id, bad.from_state, bad.to_state,
      coalesce(bad.proof, 'none') USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$;
