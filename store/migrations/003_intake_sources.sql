-- What is watched: one row a source, named as in sighting_list. `validity` and `uid` say how far a mailbox was read (RFC 9051, UIDVALIDITY);
-- `owner` is the process that watches it (or did last); `trouble` is what is wrong there, NULL for nothing.

CREATE TABLE watched (
    source TEXT NOT NULL PRIMARY KEY,
    validity INTEGER,
    uid INTEGER,
    owner TEXT NOT NULL DEFAULT '',
    since TEXT NOT NULL,
    contact_at TEXT,
    trouble TEXT
) STRICT, WITHOUT ROWID;
