-- What an organisation last reported of each milestone and task, by returns that still stand: not sent back,
-- withdrawn or made void.
SELECT plan, commitment, state, done_on, evidence, note
FROM (
    SELECT m.*, row_number() OVER (PARTITION BY m.plan, m.commitment ORDER BY m.entry DESC, m.row DESC) AS place
    FROM matter_report m
    JOIN signing s ON s.submission = m.submission
    LEFT JOIN (
        SELECT *, row_number() OVER (PARTITION BY submission ORDER BY entry DESC) AS turn FROM decision
    ) d ON d.submission = m.submission AND d.turn = 1
    WHERE s.organisation = $organisation AND coalesce(d.decision, '') NOT IN ('return', 'withdraw', 'void')
)
WHERE place = 1
ORDER BY plan, commitment
