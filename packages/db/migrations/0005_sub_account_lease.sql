-- Each sub-account is worked on by one processor at a time: it alone takes nonces of the account and stores signatures
-- for it. A lease that is lost raises the epoch, and what its former holder still writes is refused.

-- Owners of leases are named host/instance#incarnation, the last being a UUIDv7 of the process. A lease may be taken when
-- nobody holds it, when it has run out, or when its holder is an earlier incarnation of the claimant: a process that
-- was started again need not wait for the one that died.
CREATE FUNCTION lease_is_free(holder text, held_until timestamptz, claimant text) RETURNS boolean LANGUAGE sql STABLE
AS $$
  SELECT holder IS NULL OR held_until IS NULL OR held_until < now()
      OR (position('#' IN holder) > 0 AND split_part(holder, '#', 1) = split_part(claimant, '#', 1)
          AND holder COLLATE "C" < claimant COLLATE "C")
$$;

ALTER TABLE sub_account
  ADD COLUMN lease_owner text,
  ADD COLUMN lease_until timestamptz,
  -- One more each time somebody else takes the account. Never lower.
  ADD COLUMN epoch bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
  ADD CONSTRAINT sub_account_lease CHECK ((lease_owner IS NULL) = (lease_until IS NULL));

-- A nonce counter never runs backward: a nonce once given out is never given out again. Nor does an epoch, and another
-- owner always comes with a new one.
CREATE OR REPLACE FUNCTION sub_account_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.next_nonce < OLD.next_nonce OR (NEW.chain_id, NEW.address) IS DISTINCT FROM (OLD.chain_id, OLD.address) THEN
    RAISE EXCEPTION 'sub-account %: nonce % may not become %', OLD.address, OLD.next_nonce, NEW.next_nonce
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF NEW.epoch < OLD.epoch
     OR (NEW.lease_owner IS NOT NULL AND NEW.lease_owner IS DISTINCT FROM OLD.lease_owner AND NEW.epoch = OLD.epoch) THEN
    RAISE EXCEPTION 'sub-account %: % may not take over from % at epoch %', OLD.address, NEW.lease_owner, OLD.lease_owner,
      OLD.epoch USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

-- Processors that are alive, so that each can tell what its share of the accounts is.
CREATE TABLE processor_presence (
  chain_id text NOT NULL REFERENCES chain (id),
  owner text NOT NULL,
  seen_until timestamptz NOT NULL,
  PRIMARY KEY (chain_id, owner)
);
