-- Which submissions carry a figure of each (indicator, region, period end) among $indicators, $regions and $ends.
-- `final`: as an annual or revised figure, or one said of the whole year.
SELECT
    indicator, region, period_end, submission,
    bool_or(vintage IN ('annual', 'revised') OR period = strftime(period_end, '%Y')) AS final
FROM figure
WHERE region IN (SELECT unnest($regions))
    AND indicator IN (SELECT unnest($indicators))
    AND period_end IN (SELECT unnest($ends))
GROUP BY indicator, region, period_end, submission
ORDER BY indicator, region, period_end, submission
