-- What settling need not do again. `message.settled` says from what the rows of a message were made (a digest of what was read, of corrections,
-- of the program and the campaign). `kin` is the register between saved projects: what two of them have in common, seen from either side.

ALTER TABLE message ADD COLUMN settled TEXT;

CREATE TABLE kin (
    project TEXT NOT NULL REFERENCES entry (project) ON DELETE CASCADE,
    other TEXT NOT NULL REFERENCES entry (project) ON DELETE CASCADE,
    same_person TEXT NOT NULL CHECK (same_person IN ('', 'id', 'name')),
    same_firm INTEGER NOT NULL CHECK (same_firm IN (0, 1)),
    same_name INTEGER NOT NULL CHECK (same_name IN (0, 1)),
    similarity REAL,
    PRIMARY KEY (project, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX kin_other ON kin (other);

DROP INDEX field_place;
