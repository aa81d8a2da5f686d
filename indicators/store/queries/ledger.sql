-- The ledger, newest first.
SELECT entry, recorded_at, actor, system_user, action, subject, detail FROM ledger ORDER BY entry DESC LIMIT $most
