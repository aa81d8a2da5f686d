-- Submissions, newest first: whose return each is and who signed it, its latest decision ('' while it waits),
-- whether it is released, whether it came late, how much it explains and on how many matters it reports.
SELECT
    s.id, s.recorded_at, s.sha256, s.file_name, s.submitted_by, s.rows, s.origin,
    coalesce(d.decision, '') AS decision, coalesce(d.decided_by, '') AS decided_by,
    coalesce(d.reason, '') AS reason, d.decided_at, r.submission IS NOT NULL AS released,
    coalesce(g.organisation, '') AS organisation, coalesce(g.form, '') AS form, coalesce(g.period, '') AS period,
    g.due_at, coalesce(g.filled_by, '') AS filled_by, coalesce(g.statistics_head, '') AS statistics_head,
    coalesce(g.organisation_head, '') AS organisation_head,
    coalesce(e.explained, 0) AS explained, coalesce(m.matters, 0) AS matters,
    coalesce(s.recorded_at > g.due_at, false) AS late
FROM submission s
LEFT JOIN signing g ON g.submission = s.id AND g.entry = s.entry
LEFT JOIN (
    SELECT
        submission, arg_max(decision, entry) AS decision, arg_max(decided_by, entry) AS decided_by,
        arg_max(reason, entry) AS reason, max(recorded_at) AS decided_at
    FROM decision GROUP BY submission
) d ON d.submission = s.id
LEFT JOIN (SELECT DISTINCT submission FROM release_figure) r ON r.submission = s.id
LEFT JOIN (SELECT submission, count(*) AS explained FROM finding GROUP BY submission) e ON e.submission = s.id
LEFT JOIN (SELECT submission, count(*) AS matters FROM matter_report GROUP BY submission) m ON m.submission = s.id
WHERE ($id IS NULL OR s.id = $id)
    AND ($sha256 IS NULL OR s.sha256 = $sha256)
    AND ($submitted_by IS NULL OR s.submitted_by = $submitted_by)
ORDER BY s.entry DESC
