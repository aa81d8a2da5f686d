-- Everyone's latest standing, what proves who they are, until when a code does, and when they last signed in.
SELECT
    p.name, p.role, p.organisation, p.active,
    CASE
        WHEN c.kind IS NULL THEN 'none'
        WHEN c.kind IN ('password', 'oidc') THEN c.kind
        WHEN c.expires_at > $now THEN 'code'
        ELSE 'code_expired'
    END AS state,
    CASE WHEN c.kind = 'code' THEN c.expires_at END AS code_until,
    s.last_sign_in
FROM (FROM person QUALIFY row_number() OVER (PARTITION BY name ORDER BY entry DESC) = 1) p
LEFT JOIN (FROM credential QUALIFY row_number() OVER (PARTITION BY name ORDER BY entry DESC) = 1) c ON c.name = p.name
LEFT JOIN (SELECT name, max(recorded_at) AS last_sign_in FROM sign_in GROUP BY name) s ON s.name = p.name
ORDER BY p.name
