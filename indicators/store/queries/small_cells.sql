-- Indicators and years of which a release up to $number published a figure that fewer than $least contributed to,
-- or that its source keeps secret.
SELECT DISTINCT f.indicator, year(f.period_end)::INTEGER AS year
FROM figure f
JOIN release_figure r ON r.submission = f.submission AND r.row = f.row
WHERE (f.contributors < $least OR f.missing = 'suppressed') AND r.number <= $number
