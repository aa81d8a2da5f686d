-- Every approved value one indicator ever had in one region, newest period and newest decision first, and whether
-- a release holds it; without those voided by $known_on.
WITH mine AS MATERIALIZED (FROM figure WHERE indicator = $indicator AND region = $region)
SELECT
    f.period, f.period_end, f.accumulation, f.definition, f.value, f.missing, f.unit, f.found, f.vintage, f.source,
    f.note, f.submission, f.row, s.origin, s.file_name, s.submitted_by, s.recorded_at AS submitted_at,
    d.decided_by AS approved_by, d.recorded_at AS approved_at, d.reason,
    EXISTS (
        SELECT 1 FROM release_figure r
        JOIN release p ON p.number = r.number
        WHERE r.submission = f.submission AND r.row = f.row AND p.recorded_at <= $known_on
    ) AS released
FROM mine f
JOIN submission s ON s.id = f.submission
JOIN (
    SELECT * FROM decision a
    WHERE a.decision = 'approve' AND a.recorded_at <= $known_on AND a.submission NOT IN (
        SELECT v.submission FROM decision v WHERE v.decision = 'void' AND v.recorded_at <= $known_on
    )
) d ON d.submission = f.submission
ORDER BY f.period_end DESC, f.accumulation, d.entry DESC, f.row DESC
