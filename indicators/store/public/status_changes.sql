-- Which statuses changed with which release, and why.
FROM status_change
