-- A page of the figures that a question to the API is about. Of a suppressed figure it says only that it is one.
SELECT
    indicator, region, period, period_end, accumulation, definition,
    CASE WHEN missing = '' THEN value END AS value, missing, unit,
    CASE WHEN missing = 'suppressed' THEN '' ELSE vintage END AS vintage,
    published_on,
    CASE WHEN missing = 'suppressed' THEN '' ELSE source END AS source,
    release, replaced_by
FROM figure
WHERE (len($indicators::VARCHAR[]) = 0 OR list_contains($indicators::VARCHAR[], indicator))
    AND (len($regions::VARCHAR[]) = 0 OR list_contains($regions::VARCHAR[], region))
    AND period_end BETWEEN $since AND $until
    AND ($accumulation IS NULL OR accumulation = $accumulation)
    AND ($replaced OR replaced_by IS NULL)
ORDER BY indicator, region, period_end, accumulation, release
LIMIT $limit OFFSET $offset
