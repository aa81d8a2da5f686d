-- Everyone's latest standing.
SELECT name, role, organisation, active, recorded_at
FROM (SELECT *, row_number() OVER (PARTITION BY name ORDER BY entry DESC) AS place FROM person)
WHERE place = 1
ORDER BY name
