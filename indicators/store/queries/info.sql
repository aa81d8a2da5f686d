-- What kind of store this is.
SELECT id, kind, schema_version, recorded_at FROM store_info
