-- The sessions that began within the last day, ended or not.
SELECT session FROM sign_in WHERE recorded_at > (SELECT max(recorded_at) FROM ledger) - INTERVAL 1 DAY
