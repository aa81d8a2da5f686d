-- What this store says of itself: the newest line.
SELECT id, kind, schema_version, recorded_at FROM store_info ORDER BY schema_version DESC LIMIT 1
