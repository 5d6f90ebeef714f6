-- Times are ticks of 100 ns since 0001-01-01 UTC; hashes are lower-case hex.
CREATE TABLE incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    host TEXT NOT NULL,
    state TEXT NOT NULL,
    open INTEGER NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    ended_at INTEGER,
    seq INTEGER NOT NULL,
    head TEXT NOT NULL
);
CREATE UNIQUE INDEX incidents_open_host ON incidents (host) WHERE open = 1;
CREATE INDEX incidents_host ON incidents (host, id);

-- The body is the exact text that was hashed; "at" repeats what the body says, for queries.
CREATE TABLE incident_events (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    body BLOB NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (incident, seq)
) WITHOUT ROWID;

-- Large outputs, zlib, named by the SHA-256 of the uncompressed bytes.
CREATE TABLE blobs (
    sha256 TEXT NOT NULL PRIMARY KEY,
    length INTEGER NOT NULL,
    zlib BLOB NOT NULL
);

-- "ord" is the place in the lane; "claim" counts how often the effect was taken.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    incident INTEGER NOT NULL REFERENCES incidents (id),
    lane TEXT NOT NULL,
    ord INTEGER NOT NULL,
    key TEXT NOT NULL,
    name TEXT NOT NULL,
    body BLOB NOT NULL,
    coalesces INTEGER NOT NULL,
    not_before INTEGER NOT NULL,
    open INTEGER NOT NULL DEFAULT 1,
    claim INTEGER NOT NULL DEFAULT 0,
    claimed_until INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER,
    end TEXT,
    error TEXT
);
CREATE UNIQUE INDEX outbox_key ON outbox (incident, key) WHERE coalesces = 0;
CREATE INDEX outbox_open ON outbox (incident, lane, ord) WHERE open = 1;

CREATE TABLE counters (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL);
INSERT INTO counters (name, value) VALUES ('outbox', 0);

CREATE TABLE inbox (
    key TEXT NOT NULL PRIMARY KEY,
    received INTEGER NOT NULL,
    body BLOB NOT NULL,
    done INTEGER NOT NULL DEFAULT 0,
    answer BLOB
);
CREATE INDEX inbox_pending ON inbox (received) WHERE done = 0;

CREATE TABLE cards (
    incident INTEGER NOT NULL REFERENCES incidents (id),
    conversation TEXT NOT NULL,
    message TEXT NOT NULL,
    rendered_seq INTEGER NOT NULL,
    PRIMARY KEY (incident, conversation)
) WITHOUT ROWID;

-- A released lease keeps its row, so that the token only grows.
CREATE TABLE host_leases (
    host TEXT NOT NULL PRIMARY KEY,
    token INTEGER NOT NULL,
    plan TEXT,
    until INTEGER NOT NULL
) WITHOUT ROWID;
