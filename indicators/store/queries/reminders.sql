-- How often each body was asked for each return, and when last.
SELECT organisation, form, period, count(*) AS reminded, max(recorded_at) AS reminded_at
FROM reminder
GROUP BY organisation, form, period
ORDER BY organisation, form, period
