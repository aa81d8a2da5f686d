-- Drafts, newest first: whose return each is by its form, and whether it was sent or discarded since.
SELECT
    t.id, t.recorded_at, t.sha256, t.file_name, t.drafted_by, t.rows,
    coalesce(g.organisation, '') AS organisation, coalesce(g.form, '') AS form, coalesce(g.period, '') AS period,
    g.due_at, coalesce(g.filled_by, '') AS filled_by, coalesce(g.statistics_head, '') AS statistics_head,
    coalesce(g.organisation_head, '') AS organisation_head,
    s.id IS NOT NULL AS sent, s.id IS NULL AND d.submission IS NOT NULL AS discarded
FROM draft t
LEFT JOIN signing g ON g.submission = t.id AND g.entry = t.entry
LEFT JOIN submission s ON s.id = t.id
LEFT JOIN (SELECT DISTINCT submission FROM decision WHERE decision = 'withdraw') d ON d.submission = t.id
WHERE ($id IS NULL OR t.id = $id)
    AND ($sha256 IS NULL OR t.sha256 = $sha256)
    AND ($drafted_by IS NULL OR t.drafted_by = $drafted_by)
ORDER BY t.entry DESC
