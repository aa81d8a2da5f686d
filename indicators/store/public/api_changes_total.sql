-- How many values were corrected, and how many statuses changed, by the releases after $since up to $until.
SELECT
    (SELECT count(*) FROM correction WHERE release > $since AND release <= $until) AS corrections,
    (SELECT count(*) FROM status_change WHERE release > $since AND release <= $until) AS status_changes
