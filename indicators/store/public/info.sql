-- Of which make the snapshot is.
SELECT schema_version, kind FROM snapshot_info
