-- The milestones and tasks that one submission reports on.
SELECT * FROM matter_report WHERE submission = $submission ORDER BY row
