-- A code of an authenticator app is good once (RFC 6238, 5.2): the last step of 30 seconds whose code this person has used.
-- A new secret is a new row, or was never used.
ALTER TABLE person_two_factor ADD COLUMN used_step bigint CHECK (used_step >= 0);
