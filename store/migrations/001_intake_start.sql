-- intake.db: what everyone with the right may query. No full sensitive value stands here, only masked ones and keyed hashes.
-- Tables are WITHOUT ROWID with keys from content, so that rows come in the same order whatever the order of work.
-- '' stands for "none" inside keys; the generated column *_ref gives the same as NULL for foreign keys and views.

CREATE TABLE message (
    message TEXT NOT NULL PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    source_kind TEXT NOT NULL CHECK (source_kind IN ('mail', 'outlook', 'delivery')),
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    delivered_at TEXT,
    message_id TEXT,
    subject TEXT NOT NULL DEFAULT '',
    sender TEXT NOT NULL DEFAULT '',
    sender_address TEXT NOT NULL DEFAULT '',
    forwarded_by TEXT,
    in_reply_to TEXT,
    received_at TEXT,
    told_unit TEXT,
    unit TEXT,
    unit_known INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'processed', 'partial', 'failed', 'unrelated')),
    reason TEXT,
    message_errors INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX message_unit ON message (unit);
CREATE INDEX message_told_unit ON message (told_unit);
CREATE INDEX message_received ON message (received_at);

CREATE TABLE sighting (
    message TEXT NOT NULL REFERENCES message (message) ON UPDATE CASCADE ON DELETE CASCADE,
    source TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    PRIMARY KEY (message, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('read', 'settle')),
    message TEXT NOT NULL REFERENCES message (message) ON UPDATE CASCADE ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'running', 'done', 'quarantined')),
    owner TEXT,
    leased_at REAL,
    leased_until REAL,
    attempts INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    UNIQUE (kind, message),
    CHECK ((state = 'running') = (owner IS NOT NULL))
) STRICT;
CREATE INDEX job_state ON job (kind, state, id);

CREATE TABLE file (
    message TEXT NOT NULL REFERENCES message (message) ON UPDATE CASCADE ON DELETE CASCADE,
    position INTEGER NOT NULL,
    path TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    media_type TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('parsed', 'failed', 'ignored', 'unsupported', 'encrypted')),
    reason TEXT,
    pages INTEGER,
    PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX file_status ON file (status);

CREATE TABLE project (
    project TEXT NOT NULL PRIMARY KEY,
    message TEXT NOT NULL REFERENCES message (message) ON UPDATE CASCADE ON DELETE CASCADE,
    unit TEXT,
    project_name TEXT,
    category TEXT,
    first_completer TEXT,
    employer TEXT,
    received_at TEXT,
    first_received_at TEXT,
    superseded_by TEXT REFERENCES project (project) DEFERRABLE INITIALLY DEFERRED,
    status TEXT NOT NULL DEFAULT 'complete' CHECK (status IN ('complete', 'incomplete', 'ineligible', 'review')),
    errors INTEGER NOT NULL DEFAULT 0,
    to_verify INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX project_message ON project (message);
CREATE INDEX project_unit ON project (unit);
CREATE INDEX project_status ON project (status);
CREATE INDEX project_category ON project (category);
CREATE INDEX project_superseded ON project (superseded_by);

CREATE TABLE part (
    owner TEXT NOT NULL REFERENCES message (message) ON UPDATE CASCADE ON DELETE CASCADE,
    position INTEGER NOT NULL,
    message TEXT NOT NULL,
    file TEXT NOT NULL,
    project TEXT REFERENCES project (project) ON DELETE CASCADE,
    form TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('word', 'scan')),
    first_page INTEGER,
    last_page INTEGER,
    sealed INTEGER CHECK (sealed IN (0, 1)),
    signed INTEGER CHECK (signed IN (0, 1)),
    used INTEGER NOT NULL CHECK (used IN (0, 1)),
    tone TEXT,
    text TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (owner, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_project ON part (project);

CREATE TABLE field (
    owner TEXT NOT NULL REFERENCES message (message) ON UPDATE CASCADE ON DELETE CASCADE,
    project TEXT NOT NULL DEFAULT '',
    project_ref TEXT GENERATED ALWAYS AS (nullif(project, '')) VIRTUAL REFERENCES project (project) ON DELETE CASCADE,
    form TEXT NOT NULL,
    "row" INTEGER NOT NULL DEFAULT 0,
    field TEXT NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('word', 'scan')),
    message TEXT NOT NULL,
    value TEXT NOT NULL,
    hash TEXT,
    raw TEXT NOT NULL,
    confidence REAL NOT NULL,
    file TEXT NOT NULL,
    page INTEGER,
    x0 REAL, y0 REAL, x1 REAL, y1 REAL,
    PRIMARY KEY (owner, project, form, "row", field, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX field_project ON field (project_ref);
CREATE INDEX field_place ON field (form, field);

CREATE TABLE choice (
    project TEXT NOT NULL REFERENCES project (project) ON DELETE CASCADE,
    form TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    hash TEXT,
    chosen_from TEXT NOT NULL CHECK (chosen_from IN ('review', 'word', 'scan')),
    agreement TEXT NOT NULL CHECK (agreement IN ('same', 'differs', 'unsure', 'one-sided', 'corrected')),
    PRIMARY KEY (project, form, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX choice_place ON choice (form, field);

CREATE TABLE finding (
    message TEXT NOT NULL REFERENCES message (message) ON UPDATE CASCADE ON DELETE CASCADE,
    project TEXT NOT NULL DEFAULT '',
    project_ref TEXT GENERATED ALWAYS AS (nullif(project, '')) VIRTUAL REFERENCES project (project) ON DELETE CASCADE,
    rule TEXT NOT NULL,
    form TEXT NOT NULL DEFAULT '',
    field TEXT NOT NULL DEFAULT '',
    severity TEXT NOT NULL CHECK (severity IN ('error', 'ineligible', 'verify', 'advice')),
    text TEXT NOT NULL,
    file TEXT,
    page INTEGER,
    PRIMARY KEY (message, project, rule, form, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_project ON finding (project_ref);
CREATE INDEX finding_rule ON finding (rule);

-- What people decided. No foreign keys to projects: their rows are made again at every recheck, these stay.
CREATE TABLE dismissal (
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

CREATE TABLE decision (
    project TEXT NOT NULL PRIMARY KEY,
    decision TEXT NOT NULL CHECK (decision IN ('passed', 'returned', 'rejected')),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

CREATE TABLE correction (
    project TEXT NOT NULL,
    form TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    hash TEXT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (project, form, field)
) STRICT, WITHOUT ROWID;

CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    project TEXT,
    message TEXT,
    before TEXT,
    after TEXT,
    reason TEXT
) STRICT;
CREATE INDEX history_project ON history (project);
CREATE INDEX history_message ON history (message);

-- What the register compares, one row a current project: `checks.register.Entry`, texts masked.
CREATE TABLE entry (
    project TEXT NOT NULL PRIMARY KEY REFERENCES project (project) ON DELETE CASCADE,
    unit TEXT,
    name TEXT NOT NULL,
    first_completer TEXT NOT NULL,
    employer TEXT NOT NULL,
    firm TEXT NOT NULL,
    id_hash TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What two projects may have in common, ready to be looked up: `kind` is id, person, firm, name or text (a shingle of the sketch).
CREATE TABLE relation (
    project TEXT NOT NULL REFERENCES entry (project) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('id', 'person', 'firm', 'name', 'text')),
    value TEXT NOT NULL,
    PRIMARY KEY (project, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX relation_value ON relation (kind, value);

-- Spans that the Chinese NLP found, by field value (offsets in characters of the masked value).
CREATE TABLE span (
    project TEXT NOT NULL REFERENCES project (project) ON DELETE CASCADE,
    form TEXT NOT NULL,
    field TEXT NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    label TEXT NOT NULL,
    text TEXT NOT NULL,
    value TEXT,
    PRIMARY KEY (project, form, field, start, "end", label)
) STRICT, WITHOUT ROWID;

-- Full text: one space between every Han character, so that quoted phrases find words of any length.
CREATE TABLE project_text (
    id INTEGER PRIMARY KEY,
    project TEXT NOT NULL UNIQUE REFERENCES project (project) ON DELETE CASCADE,
    name TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE project_search USING fts5 (name, body, content='project_text', content_rowid='id', tokenize='unicode61');
CREATE TRIGGER project_text_insert AFTER INSERT ON project_text BEGIN
    INSERT INTO project_search (rowid, name, body) VALUES (new.id, new.name, new.body);
END;
CREATE TRIGGER project_text_delete AFTER DELETE ON project_text BEGIN
    INSERT INTO project_search (project_search, rowid, name, body) VALUES ('delete', old.id, old.name, old.body);
END;

-- The campaign as far as queries need it: copied from the profile at every opening.
CREATE TABLE campaign (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE roster (
    unit TEXT NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL,
    kind TEXT NOT NULL,
    least INTEGER NOT NULL,
    most INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
