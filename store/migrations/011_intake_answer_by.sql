-- The last day to answer that a clerk set for all letters: the latest row counts, '' takes it back.

CREATE TABLE answer_by (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL
) STRICT;
