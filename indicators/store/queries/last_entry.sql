-- Number and time of the last ledger entry; the store has not changed while they are the same.
SELECT coalesce(max(entry), 0) AS entry, max(recorded_at) AS recorded_at FROM ledger
