-- The withdrawals that are not at their end, whatever the number of those that are: for metrics, for the comparison of
-- what is reserved with what is open, and for lists by an open state. As small as the present, not as the history.
CREATE INDEX withdrawal_open ON withdrawal (organisation_id, state, id)
  WHERE state IN ('PENDING', 'VALIDATING', 'REVIEW', 'SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING');
