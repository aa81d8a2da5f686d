-- Sizes of past revisions of $indicators in $regions: how far each approved value moved from the one it replaced.
-- What was voided moved nothing.
WITH mine AS MATERIALIZED (
    SELECT indicator, region, period_end, accumulation, value, row, submission FROM figure
    WHERE region IN (SELECT unnest($regions)) AND indicator IN (SELECT unnest($indicators))
)
SELECT indicator, region, value - previous AS size
FROM (
    SELECT
        f.indicator, f.region, f.value,
        lag(f.value) OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY d.entry, f.row
        ) AS previous
    FROM mine f
    JOIN (
        SELECT * FROM decision a
        WHERE a.decision = 'approve' AND a.recorded_at <= $known_on AND a.submission NOT IN (
            SELECT v.submission FROM decision v WHERE v.decision = 'void' AND v.recorded_at <= $known_on
        )
    ) d ON d.submission = f.submission
)
WHERE previous IS NOT NULL AND value IS NOT NULL AND value <> previous
