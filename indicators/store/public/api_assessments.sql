-- A page of the judgements of a release.
SELECT
    plan, commitment, indicator, region, rule, rule_version, status, reason, period, period_end, value, p, t,
    gap_points, gap_units, firmness
FROM assessment
WHERE ($plan IS NULL OR plan = $plan)
    AND (len($indicators::VARCHAR[]) = 0 OR list_contains($indicators::VARCHAR[], indicator))
    AND (len($regions::VARCHAR[]) = 0 OR list_contains($regions::VARCHAR[], region))
    AND (len($statuses::VARCHAR[]) = 0 OR list_contains($statuses::VARCHAR[], status))
ORDER BY plan, commitment, indicator, region
LIMIT $limit OFFSET $offset
