-- The versions of some catalogue files ($files, each `kind/id`) written after $since and by $known_on, oldest first,
-- with who brought each and the document that allows it.
SELECT v.kind, v.id, v.version, v.text, v.document, v.recorded_at, l.actor
FROM catalogue_version v
JOIN ledger l ON l.entry = v.entry
WHERE v.recorded_at > $since AND v.recorded_at <= $known_on AND list_contains($files, v.kind || '/' || v.id)
ORDER BY v.entry, v.kind, v.id, v.version
