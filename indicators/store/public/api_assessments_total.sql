-- How many judgements of a release a question to the API is about.
SELECT count(*) AS total
FROM assessment
WHERE ($plan IS NULL OR plan = $plan)
    AND (len($indicators::VARCHAR[]) = 0 OR list_contains($indicators::VARCHAR[], indicator))
    AND (len($regions::VARCHAR[]) = 0 OR list_contains($regions::VARCHAR[], region))
    AND (len($statuses::VARCHAR[]) = 0 OR list_contains($statuses::VARCHAR[], status))
