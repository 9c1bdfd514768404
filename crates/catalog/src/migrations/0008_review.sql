-- What a person decided, kept by content so that it outlives groups and scans; every change of it, to be undone; and how groups look in a list.

-- `content` names a photo whatever becomes of its row: its content hash, or, where its bytes were never read, the text `google:KEY`.
CREATE TABLE verdicts (
    id              INTEGER PRIMARY KEY,                 -- never given twice, so that `change_verdicts` finds it again
    content         BLOB NOT NULL,
    asset_id        INTEGER REFERENCES assets ON DELETE SET NULL,
    place           TEXT NOT NULL,                       -- where it lay
    verdict         TEXT NOT NULL CHECK (verdict = 'keep' OR verdict = 'remove' OR verdict = 'keeper'),
    against         BLOB,                                -- of `remove`: the photo that stays in its place; holds only while that is there
    born            INTEGER NOT NULL,                    -- assets of greater ids were first seen later
    is_lapsed       INTEGER NOT NULL DEFAULT 0,          -- a scan found its asset gone and no heir
    decided_at_s    INTEGER NOT NULL
) STRICT;
CREATE INDEX verdicts_by_content ON verdicts (content);
CREATE INDEX verdicts_by_asset ON verdicts (asset_id);

-- Pairs of photos of which a person said that they are not the same, by payload hash where there is one, else as above; a < b.
CREATE TABLE not_duplicates (
    id              INTEGER PRIMARY KEY,
    a               BLOB NOT NULL,
    b               BLOB NOT NULL,
    said_at_s       INTEGER NOT NULL,
    UNIQUE (a, b),
    CHECK (a < b)
) STRICT;

-- The person's changes in their order. Undone ones stay until another change is made.
CREATE TABLE changes (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    kind            TEXT NOT NULL,
    asset_id        INTEGER,                             -- one that it was about
    assets          INTEGER NOT NULL,                    -- how many it touched
    rules_before    TEXT,                                -- keep rules; NULL: the usual ones
    rules_after     TEXT,
    made_at_s       INTEGER NOT NULL,
    is_undone       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE change_verdicts (
    change_id       INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE,
    verdict_id      INTEGER NOT NULL,
    content         BLOB NOT NULL,
    asset_id        INTEGER NOT NULL,
    place           TEXT NOT NULL,
    before          TEXT,                                -- NULL: none
    before_against  BLOB,
    after           TEXT,
    after_against   BLOB,
    PRIMARY KEY (change_id, verdict_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_verdicts_by_verdict ON change_verdicts (verdict_id);

CREATE TABLE change_pairs (
    change_id       INTEGER NOT NULL REFERENCES changes ON DELETE CASCADE,
    a               BLOB NOT NULL,
    b               BLOB NOT NULL,
    is_said         INTEGER NOT NULL,                    -- 1: said not to be the same, 0: taken back
    PRIMARY KEY (change_id, a, b)
) STRICT, WITHOUT ROWID;

-- Groups are formed anew, with what a list shows of them.
INSERT INTO regroup SELECT asset_id FROM group_members WHERE asset_id NOT IN (SELECT asset_id FROM regroup);
DROP TABLE group_members;
DROP TABLE groups;

CREATE TABLE groups (
    id              INTEGER PRIMARY KEY,                 -- the keeper's
    keeper          INTEGER NOT NULL REFERENCES assets ON DELETE CASCADE,
    version         INTEGER NOT NULL,                    -- another number whenever anything of the group changes
    state           INTEGER NOT NULL,                    -- 0 open, 1 decided, 2 settled (nothing waits, nothing was decided)
    confidence      INTEGER NOT NULL,                    -- of the least sure member: 0 certain, 1 strong, 2 look, 3 weak
    relations       INTEGER NOT NULL,                    -- of its members; bit n is the n-th relation, strongest first
    members         INTEGER NOT NULL,                    -- with the keeper
    open            INTEGER NOT NULL,                    -- members that wait for the person
    removals        INTEGER NOT NULL,                    -- members that may go
    removals_bytes  INTEGER NOT NULL,
    taken_utc_s     INTEGER,                             -- of the keeper, as the columns below
    camera          TEXT,
    source_id       INTEGER NOT NULL,
    folder          TEXT NOT NULL,
    set_aside       TEXT NOT NULL                        -- JSON
) STRICT;
CREATE INDEX groups_by_bytes ON groups (removals_bytes DESC, id, state);

CREATE TABLE group_members (
    group_id        INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    place           INTEGER NOT NULL,                    -- 0 is the keeper
    asset_id        INTEGER NOT NULL UNIQUE REFERENCES assets ON DELETE CASCADE,
    relation        TEXT NOT NULL,                       -- 'keeper' for the keeper itself
    verdict         TEXT NOT NULL CHECK (verdict = 'keep' OR verdict = 'remove' OR verdict = 'undecided'),
    recorded        TEXT,                                -- what the person decided
    is_bound        INTEGER NOT NULL,                    -- may not be removed, whatever the person says
    confidence      INTEGER NOT NULL,
    size_bytes      INTEGER NOT NULL,
    reasons         TEXT NOT NULL,                       -- JSON
    PRIMARY KEY (group_id, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_members_sums ON group_members (relation, verdict, recorded, is_bound, size_bytes) WHERE place > 0;

-- Changes whenever any group does.
INSERT INTO settings VALUES ('epoch', '0');
