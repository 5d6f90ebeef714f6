-- How conversations and people of chat platforms are reached; "seen" is ticks of 100 ns since 0001-01-01 UTC.
CREATE TABLE places (
    key TEXT NOT NULL PRIMARY KEY,
    seen INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
