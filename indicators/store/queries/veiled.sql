-- What releases before $number did not tell the public, newest release first.
SELECT number, indicator, region, period_end, accumulation, ground
FROM release_veil WHERE number < $number ORDER BY number DESC
