-- What bodies say of some indicators and regions (进展, 原因, 措施) by returns that are approved and not voided as known
-- on $known_on, the one approved last first.
SELECT
    x.indicator, x.region, x.period, x.progress, x.reason, x.measures, g.organisation, d.recorded_at AS approved_at
FROM explanation x
JOIN signing g ON g.submission = x.submission AND g.entry = x.entry
JOIN decision d ON d.submission = x.submission AND d.decision = 'approve' AND d.recorded_at <= $known_on
WHERE list_contains($indicators, x.indicator) AND list_contains($regions, x.region)
    AND NOT EXISTS (
        SELECT 1 FROM decision v
        WHERE v.submission = x.submission AND v.decision = 'void' AND v.recorded_at <= $known_on
    )
ORDER BY d.entry DESC, x.row DESC
