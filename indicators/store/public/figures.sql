-- Figures of a release in the order of their periods; those that a later release replaced too where asked for.
SELECT * FROM figure
WHERE ($indicators IS NULL OR indicator IN (SELECT unnest($indicators)))
    AND ($regions IS NULL OR region IN (SELECT unnest($regions)))
    AND ($replaced OR replaced_by IS NULL)
ORDER BY indicator, region, period_end, accumulation, release
