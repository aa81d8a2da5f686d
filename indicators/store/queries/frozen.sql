-- The statuses of a plan's targets that one release froze.
SELECT commitment, rule, rule_version, status FROM release_status WHERE number = $number AND plan = $plan
