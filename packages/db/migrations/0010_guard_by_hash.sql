-- withdrawal_guard compares each changed row with what it was. A plan for this is made at the first statement of a
-- session and kept, and with it how many rows that one had changed: one, as a rule, for which a nested loop is right. The
-- next statement of the same session changes 2,000 rows, and the loop compares four million pairs: more than half of all
-- processor time that PostgreSQL spent on a payout. A full join has no nested loop, so the pairs are found by a hash,
-- and a row that has lost its id stands out as well. The transaction is looked up by index, however small its table was
-- when the plan was made.
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
                  OR (x.state = 'EXECUTED' AND get_byte(x.outcomes, o.chain_tx_position) <> 1), false))))
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
