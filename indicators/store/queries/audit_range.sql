-- The entries written between two instants: from the first to before the one after the last; 0 to 0 where there is none.
SELECT coalesce(min(entry), 0) AS oldest, coalesce(max(entry) + 1, 0) AS before
FROM ledger
WHERE recorded_at >= $since AND recorded_at <= $until
