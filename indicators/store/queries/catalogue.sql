-- The newest text of every catalogue file as known on $known_on.
SELECT kind, id, version, text, document, recorded_at
FROM (
    SELECT *, row_number() OVER (PARTITION BY kind, id ORDER BY version DESC) AS place
    FROM catalogue_version
    WHERE recorded_at <= $known_on
)
WHERE place = 1
ORDER BY kind, id
