-- What one submission says of the indicators that lag.
SELECT * FROM explanation WHERE submission = $submission ORDER BY row
