-- Rows of a bulk file while it is being read and checked: nothing is accepted yet, so losing them in a crash is right.
CREATE UNLOGGED TABLE bulk_draft (
  bulk_id uuid NOT NULL,
  row integer NOT NULL,
  withdrawal_id uuid NOT NULL,
  chain_id text NOT NULL,
  asset_id text NOT NULL,
  to_address text NOT NULL,
  amount numeric(78, 0) NOT NULL,
  priority text NOT NULL,
  reference text,
  staged_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bulk_id, row)
);
