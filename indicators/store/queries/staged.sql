-- The rows of one submission.
SELECT * FROM figure WHERE submission = $submission ORDER BY row
