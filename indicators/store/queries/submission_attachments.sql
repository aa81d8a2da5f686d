-- The evidence sent with one submission.
SELECT * FROM attachment WHERE submission = $submission ORDER BY file_name, sha256
