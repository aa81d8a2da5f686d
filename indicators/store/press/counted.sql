-- Of each release in the snapshot being written: its figures, those that correct others, and the end of the newest
-- period that had a value by then.
SELECT
    number, figures,
    (SELECT count(*) FROM snapshot.correction c WHERE c.release = number)::INTEGER AS corrections,
    max(until) OVER (ORDER BY number) AS data_until
FROM (
    SELECT
        release AS number, count(*)::INTEGER AS figures, max(period_end) FILTER (value IS NOT NULL) AS until
    FROM snapshot.figure
    GROUP BY release
)
