-- What the check asked of one submission and its sender explained.
SELECT * FROM finding WHERE submission = $submission ORDER BY row, code
