-- Figures that may hold otherwise on $known_on than on $since, as they held then and as they hold now: of the
-- periods of $indicators and $regions up to $as_of whose returns were approved or voided between the two.
WITH touched AS (
    SELECT DISTINCT submission FROM decision
    WHERE decision IN ('approve', 'void') AND recorded_at > $since AND recorded_at <= $known_on
),
places AS (
    SELECT DISTINCT indicator, region, period_end, accumulation
    FROM figure
    WHERE submission IN (SELECT submission FROM touched)
        AND list_contains($indicators, indicator) AND list_contains($regions, region) AND period_end <= $as_of
),
instants AS (SELECT 'then' AS moment, $since AS instant UNION ALL SELECT 'now', $known_on)
SELECT
    moment, indicator, region, period, period_end, accumulation, definition, value, missing, numerator, denominator,
    vintage, published_on, source, note, submission, origin, submitted_by, approved_by, approved_at, reason,
    false AS released
FROM (
    SELECT
        i.moment, f.*, s.origin, s.submitted_by, d.decided_by AS approved_by, d.recorded_at AS approved_at, d.reason,
        row_number() OVER (
            PARTITION BY i.moment, f.indicator, f.region, f.period_end, f.accumulation ORDER BY d.entry DESC, f.row DESC
        ) AS place
    FROM figure f
    JOIN places USING (indicator, region, period_end, accumulation)
    JOIN submission s ON s.id = f.submission
    JOIN decision d ON d.submission = f.submission AND d.decision = 'approve'
    JOIN instants i ON d.recorded_at <= i.instant
    WHERE NOT EXISTS (
        SELECT 1 FROM decision v
        WHERE v.submission = f.submission AND v.decision = 'void' AND v.recorded_at <= i.instant
    )
)
WHERE place = 1
ORDER BY indicator, region, period_end, accumulation, moment
