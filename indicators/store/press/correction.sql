-- Every published value that a later release replaced by another, with the reason that release gave.
CREATE TABLE snapshot.correction AS
SELECT
    n.release, p.release AS previous_release, n.indicator, n.region, n.period, n.period_end, n.accumulation,
    p.value AS before_value, p.missing AS before_missing, n.value AS after_value, n.missing AS after_missing,
    r.note AS reason
FROM snapshot.figure p
JOIN snapshot.figure n
    ON n.release = p.replaced_by AND n.indicator = p.indicator AND n.region = p.region
    AND n.period_end = p.period_end AND n.accumulation = p.accumulation
JOIN release r ON r.number = n.release
WHERE p.replaced_by IS NOT NULL AND (p.value, p.missing) IS DISTINCT FROM (n.value, n.missing)
ORDER BY n.release DESC, n.indicator, n.region, n.period_end, n.accumulation
