-- Releases, newest first, with how many figures each published.
SELECT
    p.number, p.recorded_at, p.released_by, p.note,
    (SELECT count(*) FROM release_figure r WHERE r.number = p.number) AS figures
FROM release p
WHERE p.recorded_at <= $known_on
ORDER BY p.number DESC
