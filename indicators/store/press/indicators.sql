-- The indicators that the snapshot being written has figures of.
SELECT DISTINCT indicator FROM snapshot.figure
