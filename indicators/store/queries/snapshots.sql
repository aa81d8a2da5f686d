-- Every release, oldest first: as of when it was judged, from when the public may know of it, and the snapshot it was
-- last frozen into (NULL before it is), with the terms on which it was frozen first.
SELECT
    p.number, p.recorded_at, p.released_by, p.note, a.as_of,
    coalesce(e.public_from, p.recorded_at) AS public_from, e.number IS NOT NULL AS embargoed, s.folder, s.digest,
    t.least, t.publisher_zh, t.publisher_en
FROM release p
LEFT JOIN release_as_of a ON a.number = p.number
LEFT JOIN release_embargo e ON e.number = p.number
LEFT JOIN (
    FROM release_snapshot
    QUALIFY row_number() OVER (PARTITION BY number ORDER BY entry DESC) = 1
) s ON s.number = p.number
LEFT JOIN (
    FROM release_snapshot
    QUALIFY row_number() OVER (PARTITION BY number ORDER BY entry) = 1
) t ON t.number = p.number
ORDER BY p.number
