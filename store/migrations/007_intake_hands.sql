-- What people put right about a message's files (the file at `position`, as long as its bytes are `sha256`): `given` is the hash of the list of
-- files that stand in its place, `bytes` that of the file itself, `name` what it is called; `form` is which form they say it is, `project`
-- whose. '' stands for none.

CREATE TABLE hand (
    message TEXT NOT NULL REFERENCES message (message) ON UPDATE CASCADE ON DELETE CASCADE,
    position INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    given TEXT NOT NULL DEFAULT '',
    bytes TEXT NOT NULL DEFAULT '',
    name TEXT NOT NULL DEFAULT '',
    form TEXT NOT NULL DEFAULT '',
    project TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;
