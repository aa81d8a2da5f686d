-- What an organisation last said of each indicator that lags, for one period, by returns that still stand: not sent
-- back, withdrawn or made void.
SELECT indicator, region, period, progress, reason, measures
FROM (
    SELECT x.*, row_number() OVER (PARTITION BY x.indicator, x.region ORDER BY x.entry DESC, x.row DESC) AS place
    FROM explanation x
    JOIN signing s ON s.submission = x.submission
    LEFT JOIN (
        SELECT *, row_number() OVER (PARTITION BY submission ORDER BY entry DESC) AS turn FROM decision
    ) d ON d.submission = x.submission AND d.turn = 1
    WHERE s.organisation = $organisation AND x.period = $period
        AND coalesce(d.decision, '') NOT IN ('return', 'withdraw', 'void')
)
WHERE place = 1
ORDER BY indicator, region
