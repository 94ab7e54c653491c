-- The review desk: what an act concerned and what stood there before it (so that it can be undone), what a person found true, and what the
-- queue and the dashboard look up.

ALTER TABLE history ADD COLUMN subject TEXT;
ALTER TABLE history ADD COLUMN prior TEXT;

CREATE TABLE acceptance (
    message TEXT NOT NULL,
    project TEXT NOT NULL DEFAULT '',
    rule TEXT NOT NULL,
    form TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (message, project, rule, form, field)
) STRICT, WITHOUT ROWID;

CREATE INDEX project_current ON project (superseded_by, received_at, project);
CREATE INDEX project_counts ON project (superseded_by, status, category, unit);
CREATE INDEX decision_actor ON decision (actor);
CREATE INDEX decision_kind ON decision (decision);
CREATE INDEX finding_counts ON finding (rule, severity);

-- A clerk's own wording of a unit's letter, and when it was sent. `base` is the hash of the draft that it was made from.
CREATE TABLE letter (
    unit TEXT NOT NULL PRIMARY KEY,
    address TEXT NOT NULL DEFAULT '',
    subject TEXT NOT NULL DEFAULT '',
    body TEXT NOT NULL DEFAULT '',
    base TEXT NOT NULL DEFAULT '',
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    sent_at TEXT,
    sent_by TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX project_errors ON project (superseded_by, errors DESC, to_verify DESC, project);
