-- The hash of every file that must be kept: sent, drafted, or sent with a return.
SELECT DISTINCT sha256
FROM (SELECT sha256 FROM submission UNION ALL SELECT sha256 FROM draft UNION ALL SELECT sha256 FROM attachment)
ORDER BY sha256
