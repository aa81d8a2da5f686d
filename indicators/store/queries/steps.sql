-- What happened to one submission or draft, oldest first: when (UTC), who, what and why.
SELECT recorded_at AS "when", who, what, why
FROM (
    SELECT entry, recorded_at, drafted_by AS who, 'drafted' AS what, '' AS why FROM draft WHERE id = $submission
    UNION ALL
    SELECT entry, recorded_at, submitted_by, 'submitted', '' FROM submission WHERE id = $submission
    UNION ALL
    SELECT
        entry, recorded_at, decided_by,
        CASE decision
            WHEN 'approve' THEN 'approved' WHEN 'return' THEN 'returned' WHEN 'void' THEN 'voided'
            WHEN 'archive' THEN 'archived'
            ELSE if(EXISTS (SELECT 1 FROM submission s WHERE s.id = $submission), 'withdrawn', 'discarded')
        END,
        reason
    FROM decision WHERE submission = $submission
    UNION ALL
    SELECT entry, recorded_at, released_by, 'released', note FROM release
    WHERE number IN (SELECT r.number FROM release_figure r WHERE r.submission = $submission)
)
ORDER BY entry
