-- The corrections in the snapshot being written.
FROM snapshot.correction
