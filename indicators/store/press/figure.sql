-- The public columns of what releases up to $number published, each with the release that published another value
-- instead. Of a veiled figure nothing is told but that it is. Sorted, so that a narrow question reads little.
CREATE TABLE snapshot.figure AS
SELECT
    indicator, region, period, period_end, accumulation, definition,
    CASE WHEN veiled THEN NULL ELSE value END AS value,
    CASE WHEN veiled THEN 'suppressed' ELSE missing END AS missing,
    unit,
    CASE WHEN veiled THEN '' ELSE vintage END AS vintage,
    CASE WHEN veiled THEN NULL ELSE published_on END AS published_on,
    CASE WHEN veiled THEN '' ELSE source END AS source,
    number AS release,
    lead(number) OVER (
        PARTITION BY indicator, region, period_end, accumulation ORDER BY number
    ) AS replaced_by
FROM (
    SELECT
        f.indicator, f.region, f.period, f.period_end, f.accumulation, f.definition, f.value, f.missing,
        coalesce(u.unit, f.unit) AS unit, f.vintage, f.published_on, f.source, r.number,
        coalesce(f.contributors < $least, false) OR v.indicator IS NOT NULL AS veiled
    FROM figure f
    JOIN release_figure r ON r.submission = f.submission AND r.row = f.row
    JOIN submission s ON s.id = f.submission
    LEFT JOIN units u ON u.indicator = f.indicator AND u.definition = f.definition
    LEFT JOIN veil v
        ON v.indicator = f.indicator AND v.region = f.region
        AND v.period_end = f.period_end AND v.accumulation = f.accumulation
    WHERE r.number <= $number AND s.origin <> 'demo'
)
ORDER BY indicator, region, period_end, accumulation, release
