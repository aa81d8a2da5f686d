-- The figures that hold: for each (indicator, region, period end, accumulation) the one approved last and not
-- voided, as known on $known_on, of $indicators in $regions. What is asked for is found before anything is joined to
-- it, so that DuckDB skips whatever of the store is about other places.
WITH mine AS MATERIALIZED (
    FROM figure
    WHERE region IN (SELECT unnest($regions)) AND indicator IN (SELECT unnest($indicators))
)
SELECT
    indicator, region, period, period_end, accumulation, definition, value, missing, numerator, denominator,
    unit, found, vintage, published_on, confidence, source, note, submission, row, origin, submitted_by,
    file_name, approved_by, approved_at, released
FROM (
    SELECT
        f.*, s.origin, s.submitted_by, s.file_name, d.decided_by AS approved_by, d.recorded_at AS approved_at,
        EXISTS (
            SELECT 1 FROM release_figure r
            JOIN release p ON p.number = r.number
            WHERE r.submission = f.submission AND r.row = f.row AND p.recorded_at <= $known_on
        ) AS released,
        row_number() OVER (
            PARTITION BY f.indicator, f.region, f.period_end, f.accumulation ORDER BY d.entry DESC, f.row DESC
        ) AS place
    FROM mine f
    JOIN submission s ON s.id = f.submission
    JOIN (
        SELECT * FROM decision a
        WHERE a.decision = 'approve' AND a.recorded_at <= $known_on AND a.submission NOT IN (
            SELECT v.submission FROM decision v WHERE v.decision = 'void' AND v.recorded_at <= $known_on
        )
    ) d ON d.submission = f.submission
)
WHERE place = 1
ORDER BY indicator, region, period_end, accumulation
