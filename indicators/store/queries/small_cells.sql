-- Indicators of which a release up to $number published a figure that fewer than $least contributed to.
SELECT DISTINCT f.indicator
FROM figure f
JOIN release_figure r ON r.submission = f.submission AND r.row = f.row
WHERE f.contributors < $least AND r.number <= $number
