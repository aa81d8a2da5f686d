-- Every indicator and region that there are figures of.
SELECT DISTINCT indicator, region FROM figure ORDER BY indicator, region
