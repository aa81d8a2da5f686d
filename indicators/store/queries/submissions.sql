-- Submissions, newest first, each with its latest decision ('' while it waits) and whether it is released.
SELECT
    s.id, s.recorded_at, s.sha256, s.file_name, s.submitted_by, s.rows, s.origin,
    coalesce(d.decision, '') AS decision, coalesce(d.decided_by, '') AS decided_by,
    coalesce(d.reason, '') AS reason, d.recorded_at AS decided_at,
    EXISTS (SELECT 1 FROM release_figure r WHERE r.submission = s.id) AS released
FROM submission s
LEFT JOIN (
    SELECT *, row_number() OVER (PARTITION BY submission ORDER BY entry DESC) AS place FROM decision
) d ON d.submission = s.id AND d.place = 1
WHERE ($id IS NULL OR s.id = $id)
    AND ($sha256 IS NULL OR s.sha256 = $sha256)
    AND ($submitted_by IS NULL OR s.submitted_by = $submitted_by)
ORDER BY s.entry DESC
