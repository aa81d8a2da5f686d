-- A session that nothing has ended (its time may be over), and who began it as they stand now.
SELECT s.session, s.means, s.address, s.recorded_at, s.expires_at, p.name, p.role, p.organisation
FROM sign_in s
JOIN (SELECT * FROM person QUALIFY row_number() OVER (PARTITION BY name ORDER BY entry DESC) = 1) p
  ON p.name = s.name AND p.active AND p.entry < s.entry
WHERE s.session = $session
  AND NOT EXISTS (FROM credential c WHERE c.name = s.name AND c.entry > s.entry)
  AND NOT EXISTS (
    FROM sign_out o WHERE o.session = s.session OR (o.session = '' AND o.name = s.name AND o.entry > s.entry)
  )
