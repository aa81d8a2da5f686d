-- What the release before $number did not tell the public.
SELECT indicator, region, period_end, accumulation, ground FROM release_veil
WHERE number = (SELECT max(number) FROM release WHERE number < $number)
    AND entry = (SELECT max(entry) FROM release_snapshot s WHERE s.number = release_veil.number)
