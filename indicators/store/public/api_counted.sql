-- Of each of these indicators: its figures that hold, the regions they are of, and the periods they run over.
SELECT
    indicator, count(*) AS figures, list(DISTINCT region ORDER BY region) AS regions,
    min(period_end) AS since, max(period_end) AS until
FROM figure
WHERE replaced_by IS NULL AND list_contains($indicators::VARCHAR[], indicator)
GROUP BY indicator
