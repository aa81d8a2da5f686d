-- Whether anybody has ever been able to prove who they are; the demonstration's role buttons prove nothing.
SELECT EXISTS (FROM credential) OR EXISTS (FROM sign_in WHERE means <> 'demo') AS have
