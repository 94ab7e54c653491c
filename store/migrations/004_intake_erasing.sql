-- What was erased on request (contract, "Erasing"). `gone` holds the hashes of bytes that must not come back: those of a message, of its files.
-- `erasure` is one row a request; `finished` is 0 until nothing of the data is left on the disk either.

ALTER TABLE span ADD COLUMN detail TEXT;
ALTER TABLE message ADD COLUMN erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1));

CREATE TABLE gone (
    sha256 TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE erasure (
    target TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    finished INTEGER NOT NULL DEFAULT 0 CHECK (finished IN (0, 1))
) STRICT, WITHOUT ROWID;
