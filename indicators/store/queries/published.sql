-- What the public was last told of each figure, and by which release. A NULL $indicators,
-- $regions or $ends (of periods) asks for all.
SELECT indicator, region, period_end, accumulation, value, missing, vintage, number
FROM (
    SELECT
        f.*, r.number,
        row_number() OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY r.number DESC, f.row DESC
        ) AS place
    FROM figure f
    JOIN release_figure r ON r.submission = f.submission AND r.row = f.row
    WHERE ($indicators IS NULL OR list_contains($indicators, f.indicator))
        AND ($regions IS NULL OR list_contains($regions, f.region))
        AND ($ends IS NULL OR list_contains($ends, f.period_end))
)
WHERE place = 1
