-- The figures that the public was last told up to release $number, of $indicators in $years, with the fewest that
-- contributed to any vintage of each (a mark of the source for a kept secret counts as none), and whether the value was
-- told by a release before it.
SELECT indicator, region, period, period_end, accumulation, value, fewest AS contributors, number < $number AS told
FROM (
    SELECT
        f.*, r.number,
        min(CASE WHEN f.missing = 'suppressed' THEN 0 ELSE f.contributors END) OVER figure_of AS fewest,
        row_number() OVER (figure_of ORDER BY r.number DESC, f.row DESC) AS place
    FROM figure f
    JOIN release_figure r ON r.submission = f.submission AND r.row = f.row
    WHERE r.number <= $number
        AND f.indicator IN (SELECT unnest($indicators)) AND year(f.period_end) IN (SELECT unnest($years))
    WINDOW figure_of AS (PARTITION BY f.indicator, f.region, f.period_end, f.accumulation)
)
WHERE place = 1
