-- The newest release as known on $known_on, and as of which date its statuses were judged (NULL where an older
-- version of the program did not say).
SELECT p.number, p.recorded_at, p.released_by, p.note, a.as_of
FROM (FROM release WHERE recorded_at <= $known_on ORDER BY number DESC LIMIT 1) p
LEFT JOIN release_as_of a ON a.number = p.number
