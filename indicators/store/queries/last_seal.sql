-- The last seal, '' where there is none yet.
SELECT coalesce(max(entry), 0) AS entry, coalesce(max_by(hash, entry), '') AS hash FROM seal
