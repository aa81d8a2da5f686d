-- Every approved value one indicator ever had in one region, newest period and newest decision first.
SELECT
    f.period, f.period_end, f.accumulation, f.definition, f.value, f.missing, f.unit, f.found, f.vintage, f.source,
    f.note, f.submission, f.row, s.origin, s.file_name, s.submitted_by, s.recorded_at AS submitted_at,
    d.decided_by AS approved_by, d.recorded_at AS approved_at, d.reason
FROM figure f
JOIN submission s ON s.id = f.submission
JOIN decision d ON d.submission = f.submission
WHERE d.decision = 'approve' AND d.recorded_at <= $known_on AND f.indicator = $indicator AND f.region = $region
ORDER BY f.period_end DESC, f.accumulation, d.entry DESC, f.row DESC
