-- Sizes of past revisions: how far each approved value moved from the one it replaced, by indicator and region.
-- What was voided moved nothing.
SELECT indicator, region, value - previous AS size
FROM (
    SELECT
        f.indicator, f.region, f.value,
        lag(f.value) OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY d.entry, f.row
        ) AS previous
    FROM figure f
    JOIN (
        SELECT * FROM decision a
        WHERE a.decision = 'approve' AND a.recorded_at <= $known_on AND a.submission NOT IN (
            SELECT v.submission FROM decision v WHERE v.decision = 'void' AND v.recorded_at <= $known_on
        )
    ) d ON d.submission = f.submission
    WHERE ($region IS NULL OR f.region = $region)
        AND ($indicators IS NULL OR list_contains($indicators, f.indicator))
)
WHERE previous IS NOT NULL AND value IS NOT NULL AND value <> previous
