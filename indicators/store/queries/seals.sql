-- The ledger from an entry on, each line with its seal; NULL where it has none.
SELECT l.*, s.outcome, s.address, s.hash
FROM ledger l LEFT JOIN seal s USING (entry)
WHERE l.entry > $after
ORDER BY l.entry
