-- Photos that a person leaves missing on purpose, by what names a photo (as in `verdicts`): they are not told again.

CREATE TABLE missing_ignored (
    content         BLOB PRIMARY KEY,
    name            TEXT NOT NULL,                       -- what it was called then
    said_at_s       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
