-- Releases, newest first, with how many figures each published, from when the public may know of them (UTC), and
-- whether they are frozen.
SELECT
    p.number, p.recorded_at, p.released_by, p.note,
    (SELECT count(*) FROM release_figure r WHERE r.number = p.number) AS figures,
    coalesce(e.public_from, p.recorded_at) AS public_from,
    EXISTS (SELECT 1 FROM release_snapshot s WHERE s.number = p.number) AS frozen
FROM release p
LEFT JOIN release_embargo e ON e.number = p.number
WHERE p.recorded_at <= $known_on
ORDER BY p.number DESC
