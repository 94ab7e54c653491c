-- What files outside were when they were last read (`intake.seen.Known`): `place` is the keyed hash of a path, `number` counts what the file
-- holds (the messages of a mailbox; else one row). It says nothing of what was taken in, and may be forgotten at any time.
CREATE TABLE seen (
    place BLOB NOT NULL,
    number INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    since REAL NOT NULL,
    lasting INTEGER NOT NULL CHECK (lasting IN (0, 1)),
    look TEXT NOT NULL,
    PRIMARY KEY (place, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_sha256 ON seen (sha256);
