-- Every folder that a release was ever frozen into.
SELECT DISTINCT folder FROM release_snapshot
