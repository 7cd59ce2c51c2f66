-- What a withdrawal costs on top of its amount: fixed when it is accepted, held beside the amount, ours once it is paid.

-- One row for each decision. In force for an asset is the newest row of the organisation, unless it ended, else the newest
-- for everybody. fee = flat + amount * basis_points / 10,000 + gas of one payment * gas_percent / 100, each rounded up to a
-- smallest unit, then no less than fee_min and no more than fee_max.
CREATE TABLE withdrawal_fee_schedule (
  id uuid PRIMARY KEY,
  asset_id text NOT NULL REFERENCES asset (id),
  -- NULL: of everybody who has none of their own.
  organisation_id uuid REFERENCES organisation (id),
  version integer NOT NULL CHECK (version >= 1),
  -- Nothing is charged by this row any more: an organisation has what everybody has.
  ended boolean NOT NULL DEFAULT false,
  flat numeric(78, 0) NOT NULL DEFAULT 0 CHECK (flat >= 0),
  basis_points integer NOT NULL DEFAULT 0 CHECK (basis_points BETWEEN 0 AND 10000),
  gas_percent integer NOT NULL DEFAULT 0 CHECK (gas_percent BETWEEN 0 AND 1000),
  fee_min numeric(78, 0) NOT NULL DEFAULT 0 CHECK (fee_min >= 0),
  fee_max numeric(78, 0) CHECK (fee_max >= fee_min),
  actor text NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE NULLS NOT DISTINCT (asset_id, organisation_id, version)
);
CREATE TRIGGER withdrawal_fee_schedule_immutable BEFORE UPDATE OR DELETE ON withdrawal_fee_schedule
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_fee_schedule_no_truncate BEFORE TRUNCATE ON withdrawal_fee_schedule
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER withdrawal_fee_schedule_audit AFTER INSERT ON withdrawal_fee_schedule
  FOR EACH ROW EXECUTE FUNCTION audit_change('asset_id', 'organisation_id');

-- What gas costs on a chain now, as an accounts role last read it: a submit asks no node.
CREATE TABLE gas_price (
  chain_id text PRIMARY KEY REFERENCES chain (id),
  wei_per_gas numeric(78, 0) NOT NULL CHECK (wei_per_gas > 0),
  at timestamptz NOT NULL DEFAULT clock_timestamp()
);

ALTER TABLE withdrawal
  ADD COLUMN fee numeric(78, 0) NOT NULL DEFAULT 0 CHECK (fee >= 0 AND fee < 340282366920938463463374607431768211456),
  ADD COLUMN fee_schedule_id uuid REFERENCES withdrawal_fee_schedule (id),
  ADD CONSTRAINT withdrawal_fee_has_schedule CHECK (fee = 0 OR fee_schedule_id IS NOT NULL);
CREATE TRIGGER withdrawal_keeps_fee BEFORE UPDATE OF fee, fee_schedule_id ON withdrawal
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

ALTER TABLE bulk_draft
  ADD COLUMN fee numeric(78, 0) NOT NULL DEFAULT 0,
  ADD COLUMN fee_schedule_id uuid;

-- A withdrawal's fee is held by a transfer of its own, whose id follows from the withdrawal's: version 8 (RFC 9562) in the
-- place of version 7, so that it is nobody else's. As in packages/core/src/withdrawal-fee/fee-hold.ts.
CREATE FUNCTION fee_hold_id(of_withdrawal uuid) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN overlay(of_withdrawal::text PLACING '8' FROM 15 FOR 1)::uuid;

-- FEE: what withdrawals have brought us, one account for each asset. Rows that are there fulfil the narrower rule of
-- before, so nothing is read again.
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_kind_check;
ALTER TABLE ledger_account ADD CONSTRAINT ledger_account_kind_check
  CHECK (kind IN ('CUSTOMER', 'HOUSE', 'HOT_WALLET', 'GAS', 'FEE')) NOT VALID;
ALTER TABLE ledger_account DROP CONSTRAINT ledger_account_check1;
ALTER TABLE ledger_account ADD CONSTRAINT ledger_account_check1
  CHECK (kind NOT IN ('CUSTOMER', 'HOUSE', 'FEE') OR NOT may_overdraw) NOT VALID;
ALTER TABLE ledger_transfer DROP CONSTRAINT ledger_transfer_reason_check;
ALTER TABLE ledger_transfer ADD CONSTRAINT ledger_transfer_reason_check
  CHECK (reason IN ('WITHDRAWAL', 'CREDIT', 'FUNDING', 'GAS', 'ADJUSTMENT', 'FEE')) NOT VALID;
