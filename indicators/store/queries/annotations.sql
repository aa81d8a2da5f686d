-- Notes that stand as known on $known_on, oldest first. A NULL $indicator, $region or $id asks for all.
SELECT a.id, a.indicator, a.region, a.day, a.kind, a.text, a.link, a.written_by, a.organisation, a.recorded_at
FROM annotation a
WHERE a.recorded_at <= $known_on
    AND ($id IS NULL OR a.id = $id)
    AND ($indicator IS NULL OR a.indicator = $indicator)
    AND ($region IS NULL OR a.region = $region)
    AND NOT EXISTS (
        SELECT 1 FROM annotation_withdrawal w WHERE w.annotation = a.id AND w.recorded_at <= $known_on
    )
ORDER BY a.day, a.entry
