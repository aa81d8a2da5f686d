-- Lines of the ledger from $oldest to before $before that fit, newest first, with what came of each; NULL asks for all.
SELECT
    l.entry, l.recorded_at, l.actor, l.system_user, l.action, l.subject, l.detail,
    coalesce(s.outcome, '') AS outcome, coalesce(s.address, '') AS address
FROM (FROM ledger WHERE entry >= $oldest AND entry < $before) l
LEFT JOIN (FROM seal WHERE entry >= $oldest AND entry < $before) s USING (entry)
WHERE ($who IS NULL OR contains(lower(l.actor), lower($who)))
    AND ($act IS NULL OR l.action = $act)
    AND ($outcome IS NULL OR s.outcome = $outcome)
    AND ($text IS NULL OR contains(lower(concat_ws(' ', l.subject, l.detail, s.address)), lower($text)))
ORDER BY l.entry DESC
LIMIT $most
