-- Every return of which it was said last that it need not be sent, or must be again.
SELECT organisation, form, period, waived, reason, decided_by, recorded_at
FROM (SELECT *, row_number() OVER (PARTITION BY organisation, form, period ORDER BY entry DESC) AS place FROM waiver)
WHERE place = 1
ORDER BY organisation, form, period
