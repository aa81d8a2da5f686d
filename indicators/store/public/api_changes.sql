-- What the releases after $since up to $until changed: corrected values, then statuses that are not what they were.
-- A suppressed side of a correction has no value.
SELECT
    'correction' AS kind, release, previous_release, '' AS plan, '' AS commitment, indicator, region,
    period, period_end, accumulation,
    CASE WHEN before_missing = '' THEN before_value END AS before_value, before_missing,
    CASE WHEN after_missing = '' THEN after_value END AS after_value, after_missing,
    reason, '' AS before, '' AS after, '' AS causes, NULL::BOOLEAN AS together
FROM correction
WHERE release > $since AND release <= $until
UNION ALL
SELECT
    'status_change' AS kind, release, NULL AS previous_release, plan, commitment, indicator, region,
    '' AS period, NULL AS period_end, '' AS accumulation,
    NULL AS before_value, '' AS before_missing, NULL AS after_value, '' AS after_missing,
    '' AS reason, before, after, causes, together
FROM status_change
WHERE release > $since AND release <= $until
ORDER BY release DESC, kind, plan, commitment, indicator, region, period_end, accumulation
LIMIT $limit OFFSET $offset
