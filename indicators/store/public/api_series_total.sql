-- How many figures a question to the API is about.
SELECT count(*) AS total
FROM figure
WHERE (len($indicators::VARCHAR[]) = 0 OR list_contains($indicators::VARCHAR[], indicator))
    AND (len($regions::VARCHAR[]) = 0 OR list_contains($regions::VARCHAR[], region))
    AND period_end BETWEEN $since AND $until
    AND ($accumulation IS NULL OR accumulation = $accumulation)
    AND ($replaced OR replaced_by IS NULL)
