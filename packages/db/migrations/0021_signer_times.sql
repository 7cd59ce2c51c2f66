-- What the signer said of each signature that it gave: when it began, how long it took, and where the key is. For traces:
-- the signer itself talks to nobody. NULL: it did not say, as one of an earlier version.
ALTER TABLE chain_tx_attempt
  ADD COLUMN signer_began_at timestamptz,
  ADD COLUMN signer_ms integer CHECK (signer_ms >= 0),
  ADD COLUMN key_ms integer CHECK (key_ms >= 0),
  ADD COLUMN key_backend text CHECK (length(key_backend) BETWEEN 1 AND 40),
  ADD CONSTRAINT chain_tx_attempt_signer CHECK (
    num_nulls(signer_began_at, signer_ms, key_ms, key_backend) IN (0, 4));
