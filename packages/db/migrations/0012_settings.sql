-- What operators turn while everything runs, and tokens that were asked about on their behalf.

-- One row for each decision. In force is the row with the highest version; what has none is as it ships, or as the
-- environment configures it (packages/core/src/setting).
CREATE TABLE setting_version (
  id uuid NOT NULL UNIQUE,
  key text NOT NULL CHECK (key ~ '^[a-z]+(\.[a-z0-9_]+)+$'),
  -- '' of the installation, else the id of a chain or an asset.
  target text NOT NULL,
  version integer NOT NULL CHECK (version >= 1),
  -- Digits, 'true' or 'false'; NULL: as it ships.
  value text CHECK (value ~ '^([0-9]{1,78}|true|false)$'),
  previous text CHECK (previous ~ '^([0-9]{1,78}|true|false)$'),
  actor text NOT NULL,
  reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (key, target, version)
);
CREATE TRIGGER setting_version_immutable BEFORE UPDATE OR DELETE ON setting_version
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER setting_version_no_truncate BEFORE TRUNCATE ON setting_version
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER setting_version_audit AFTER INSERT ON setting_version
  FOR EACH ROW EXECUTE FUNCTION audit_change('key', 'target');

-- Each version follows the one before it, and says what it took the place of: nobody decides about a value they have
-- not seen, whatever program they use.
CREATE FUNCTION setting_version_guard() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp
AS $$
DECLARE
  last setting_version;
BEGIN
  SELECT * INTO last FROM setting_version s WHERE s.key = NEW.key AND s.target = NEW.target
   ORDER BY s.version DESC LIMIT 1;
  IF NEW.version <> coalesce(last.version, 0) + 1 OR NEW.previous IS DISTINCT FROM last.value THEN
    RAISE EXCEPTION 'setting % of "%": version % does not follow version %', NEW.key, NEW.target, NEW.version,
      coalesce(last.version, 0) USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER setting_version_guard BEFORE INSERT ON setting_version
  FOR EACH ROW EXECUTE FUNCTION setting_version_guard();

-- In force now, or NULL: for statements that read a chain's row and show it.
CREATE FUNCTION setting_in_force(of_key text, of_target text) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT s.value FROM setting_version s WHERE s.key = of_key AND s.target = of_target
         ORDER BY s.version DESC LIMIT 1);

-- A token that an operator asks about over the API, which has no chain: an accounts role asks its nodes and writes down
-- what they said. Nothing else comes of a row.
CREATE TABLE token_probe (
  id uuid PRIMARY KEY,
  chain_id text NOT NULL REFERENCES chain (id),
  address text NOT NULL CHECK (address ~ '^0x[0-9a-fA-F]{40}$'),
  -- An account that may hold some, where a balance cannot be made up for the try.
  holder text CHECK (holder ~ '^0x[0-9a-fA-F]{40}$'),
  state text NOT NULL DEFAULT 'REQUESTED' CHECK (state IN ('REQUESTED', 'DONE', 'FAILED')),
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  lease_until timestamptz,
  -- Of DONE: what the nodes told. Of FAILED: why they could not be asked.
  facts json,
  error text,
  ended_at timestamptz,
  CHECK ((state = 'DONE') = (facts IS NOT NULL)),
  CHECK ((state = 'FAILED') = (error IS NOT NULL)),
  CHECK ((state = 'REQUESTED') = (ended_at IS NULL))
);
CREATE INDEX token_probe_requested ON token_probe (chain_id, requested_at) WHERE state = 'REQUESTED';
CREATE TRIGGER token_probe_audit AFTER INSERT OR DELETE ON token_probe
  FOR EACH ROW EXECUTE FUNCTION audit_change('id');

-- What a probe found stays as it was found: an asset is added on the strength of it.
CREATE FUNCTION token_probe_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'REQUESTED'
     OR (NEW.id, NEW.chain_id, NEW.address, NEW.holder, NEW.requested_by, NEW.requested_at)
        IS DISTINCT FROM (OLD.id, OLD.chain_id, OLD.address, OLD.holder, OLD.requested_by, OLD.requested_at) THEN
    RAISE EXCEPTION 'probe %: what was asked and what was found stays', OLD.id USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER token_probe_guard BEFORE UPDATE ON token_probe FOR EACH ROW EXECUTE FUNCTION token_probe_guard();
