-- Approved figures that hold now and are in no release yet, with who sent and who approved them. Demonstration
-- figures never are.
SELECT
    f.submission, f.row, f.indicator, f.region, f.period, f.period_end, f.accumulation, f.value, f.missing,
    s.submitted_by, f.approved_by
FROM (
    SELECT
        f.*, d.decided_by AS approved_by, row_number() OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY d.entry DESC, f.row DESC
        ) AS place
    FROM figure f
    JOIN (
        SELECT * FROM decision a
        WHERE a.decision = 'approve'
            AND a.submission NOT IN (SELECT v.submission FROM decision v WHERE v.decision = 'void')
    ) d ON d.submission = f.submission
) f
JOIN submission s ON s.id = f.submission
WHERE f.place = 1 AND s.origin <> 'demo'
    AND NOT EXISTS (SELECT 1 FROM release_figure r WHERE r.submission = f.submission AND r.row = f.row)
ORDER BY f.submission, f.row
