-- The value that holds for each (indicator, region, period end, accumulation), and nothing else of it.
SELECT indicator, region, period_end, accumulation, value, missing, vintage
FROM (
    SELECT
        f.indicator, f.region, f.period_end, f.accumulation, f.value, f.missing, f.vintage,
        row_number() OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY d.entry DESC, f.row DESC
        ) AS place
    FROM figure f
    JOIN decision d ON d.submission = f.submission
    WHERE d.decision = 'approve'
)
WHERE place = 1
