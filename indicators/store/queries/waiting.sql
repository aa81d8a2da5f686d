-- Figures that nobody has decided on yet, each with the submission that holds it; of several of one key the newest.
-- A NULL $indicators, $regions or $ends (of periods) asks for all.
SELECT indicator, region, period_end, accumulation, value, missing, vintage, submission, submitted_by, recorded_at
FROM (
    SELECT
        f.*, s.submitted_by, s.recorded_at,
        row_number() OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY s.entry DESC, f.row DESC
        ) AS place
    FROM figure f
    JOIN submission s ON s.id = f.submission
    WHERE NOT EXISTS (SELECT 1 FROM decision d WHERE d.submission = f.submission)
        AND ($indicators IS NULL OR list_contains($indicators, f.indicator))
        AND ($regions IS NULL OR list_contains($regions, f.region))
        AND ($ends IS NULL OR list_contains($ends, f.period_end))
)
WHERE place = 1
