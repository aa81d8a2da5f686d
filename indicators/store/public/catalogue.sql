-- The catalogue as known at the release.
SELECT kind, id, text FROM catalogue
