-- The releases up to this one, newest first.
FROM release ORDER BY number DESC
