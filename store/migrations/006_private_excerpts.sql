-- What the rules see of the messages of one unit (named by its first message), and from what it was made (a digest). Made again whenever it
-- is missing.
CREATE TABLE excerpts (
    message TEXT NOT NULL PRIMARY KEY,
    made_from TEXT NOT NULL,
    body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
