-- What the rules found in the messages of one unit (named by its first message), not yet put into words, and from what (a digest). Made again
-- whenever it is missing.
CREATE TABLE breaches (
    message TEXT NOT NULL PRIMARY KEY,
    made_from TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE reading ADD COLUMN digest TEXT;
