-- Sizes of past revisions: how far each approved value moved from the one it replaced, by indicator and region.
SELECT indicator, region, value - previous AS size
FROM (
    SELECT
        f.indicator, f.region, f.value,
        lag(f.value) OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY d.entry, f.row
        ) AS previous
    FROM figure f
    JOIN decision d ON d.submission = f.submission
    WHERE d.decision = 'approve' AND d.recorded_at <= $known_on
        AND ($region IS NULL OR f.region = $region)
        AND ($indicators IS NULL OR list_contains($indicators, f.indicator))
)
WHERE previous IS NOT NULL AND value IS NOT NULL AND value <> previous
