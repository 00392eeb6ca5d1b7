-- What the platform relies on for keeping an application, and since when. Applications from before had it too, unwritten: the signature says which.
ALTER TABLE applications ADD COLUMN basis TEXT NOT NULL DEFAULT 'not-confirmed';
ALTER TABLE applications ADD COLUMN basis_at INTEGER NOT NULL DEFAULT 0;
UPDATE applications SET basis_at = received_at, basis = CASE verified WHEN 0 THEN 'not-confirmed' ELSE 'own-application' END;
