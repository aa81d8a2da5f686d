-- Of each release in the snapshot being written: its figures, and the end of the newest period that has a value.
SELECT
    f.release AS number, count(*)::INTEGER AS figures,
    (SELECT count(*) FROM snapshot.correction c WHERE c.release = f.release)::INTEGER AS corrections,
    max(f.period_end) FILTER (f.value IS NOT NULL) AS data_until
FROM snapshot.figure f
GROUP BY f.release
