-- The figures that hold in the snapshot being written, of what plans promise.
SELECT * FROM snapshot.figure
WHERE replaced_by IS NULL AND value IS NOT NULL
    AND indicator IN (SELECT unnest($indicators)) AND region IN (SELECT unnest($regions))
ORDER BY indicator, region, period_end, accumulation
