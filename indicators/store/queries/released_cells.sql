-- The figures that the public was last told up to release $number, of $indicators, with how many contributed to each.
SELECT indicator, region, period, period_end, accumulation, value, contributors
FROM (
    SELECT
        f.*, row_number() OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY r.number DESC, f.row DESC
        ) AS place
    FROM figure f
    JOIN release_figure r ON r.submission = f.submission AND r.row = f.row
    WHERE r.number <= $number AND f.indicator IN (SELECT unnest($indicators))
)
WHERE place = 1
