-- The rows of one submission beside the approved value each would replace.
WITH known AS (
    SELECT indicator, region, period_end, accumulation, value, vintage
    FROM (
        SELECT
            f.*, row_number() OVER (
                PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY d.entry DESC, f.row DESC
            ) AS place
        FROM figure f
        JOIN decision d ON d.submission = f.submission
        WHERE d.decision = 'approve' AND f.submission <> $submission
    )
    WHERE place = 1
)
SELECT f.*, k.value AS known_value, k.vintage AS known_vintage
FROM figure f
LEFT JOIN known k USING (indicator, region, period_end, accumulation)
WHERE f.submission = $submission
ORDER BY f.row
