-- How operators find withdrawals of all organisations, and the files that they take with them.

-- Prefixes are found by an index only where text is ordered by its bytes, whatever the database orders by.
ALTER TABLE withdrawal ALTER COLUMN reference TYPE text COLLATE "C";

-- A withdrawal comes into these once, at its end: an index of all states would take each of its nine versions. What is
-- open is little, and has withdrawal_open.
CREATE INDEX withdrawal_final_asset ON withdrawal (organisation_id, asset_id, id)
 WHERE state IN ('CONFIRMED', 'FAILED', 'CANCELED');
CREATE INDEX withdrawal_final_amount ON withdrawal (asset_id, amount)
 WHERE state IN ('CONFIRMED', 'FAILED', 'CANCELED');
CREATE INDEX withdrawal_final_urgent ON withdrawal (priority, id)
 WHERE state IN ('CONFIRMED', 'FAILED', 'CANCELED') AND priority <> 'STANDARD';
