-- private.db: never served. Full sensitive values, the key of their hashes, accounts, and everything that can be made again
-- but holds full text.

CREATE TABLE secret (
    name TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    sha256 TEXT NOT NULL,
    engine TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (sha256, engine)
) STRICT;

CREATE TABLE refusal (
    sha256 TEXT NOT NULL,
    engine TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (sha256, engine)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading (
    message TEXT NOT NULL PRIMARY KEY,
    body BLOB NOT NULL
) STRICT;

-- The rows of intake.db's field table that are masked there, in full. Same key, same columns.
CREATE TABLE field (
    owner TEXT NOT NULL,
    project TEXT NOT NULL DEFAULT '',
    form TEXT NOT NULL,
    "row" INTEGER NOT NULL DEFAULT 0,
    field TEXT NOT NULL,
    source TEXT NOT NULL,
    message TEXT NOT NULL,
    value TEXT NOT NULL,
    raw TEXT NOT NULL,
    confidence REAL NOT NULL,
    file TEXT NOT NULL,
    page INTEGER,
    x0 REAL, y0 REAL, x1 REAL, y1 REAL,
    PRIMARY KEY (owner, project, form, "row", field, source)
) STRICT, WITHOUT ROWID;

-- A reviewer's full sensitive value, by its keyed hash; it counts only where a row of intake.db names the hash.
CREATE TABLE corrected (
    hash TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    name TEXT NOT NULL PRIMARY KEY,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'reviewer', 'admin')),
    salt BLOB NOT NULL,
    password BLOB NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until REAL NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE VIEW field_list AS
SELECT nullif(project, '') AS project, message, form, "row", field, source, value, raw, confidence, file, page, x0, y0, x1, y1
FROM field;
