-- Which published values were corrected by which release.
FROM correction
