-- What proves each person, or one: the latest line.
SELECT name, kind, hash, expires_at, recorded_at, entry
FROM credential
WHERE $name IS NULL OR name = $name
QUALIFY row_number() OVER (PARTITION BY name ORDER BY entry DESC) = 1
ORDER BY name
