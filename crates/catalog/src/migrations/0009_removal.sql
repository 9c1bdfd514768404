-- What runs of `remove` did, as their journals tell it: the memory of what went, and what keepers gained.

-- Runs that the catalog was told of.
CREATE TABLE runs (
    id              TEXT PRIMARY KEY,                    -- as the journal names it
    number          INTEGER NOT NULL,                    -- as people name it
    plan            TEXT NOT NULL,                       -- the plan's own name
    began_at_s      INTEGER NOT NULL,
    settled_bytes   INTEGER NOT NULL DEFAULT 0           -- so much of its journal was taken in
) STRICT, WITHOUT ROWID;

-- Removed assets. One that comes back is known by its bytes, else its SHA-1, else its coded picture.
CREATE TABLE tombstones (
    run             TEXT NOT NULL,
    unit            INTEGER NOT NULL,                    -- its place in the plan, from 0
    asset_id        INTEGER NOT NULL,                    -- its row, which may be gone
    content         BLOB NOT NULL,                       -- content hash
    sha1            BLOB,
    payload         BLOB,
    size_bytes      INTEGER NOT NULL,
    place           TEXT NOT NULL,                       -- where it lay
    source          TEXT NOT NULL,                       -- name of its source
    relation        TEXT NOT NULL,                       -- to the photo that stayed
    keeper_id       INTEGER NOT NULL,                    -- that photo's row, which may be gone
    keeper_content  BLOB NOT NULL,
    keeper_place    TEXT NOT NULL,
    born            INTEGER NOT NULL,                    -- assets of greater ids were first seen later
    removed_at_s    INTEGER NOT NULL,
    PRIMARY KEY (run, unit)
) STRICT, WITHOUT ROWID;
CREATE INDEX tombstones_by_content ON tombstones (content);
CREATE INDEX tombstones_by_sha1 ON tombstones (sha1) WHERE sha1 IS NOT NULL;
CREATE INDEX tombstones_by_payload ON tombstones (payload) WHERE payload IS NOT NULL;

-- Files that went with them, so that undo finds them again.
CREATE TABLE removed_files (
    run             TEXT NOT NULL,
    unit            INTEGER NOT NULL,
    ledger_id       INTEGER NOT NULL REFERENCES ledger ON DELETE CASCADE,
    PRIMARY KEY (run, unit, ledger_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX removed_files_by_ledger ON removed_files (ledger_id);

-- What keepers gained from removed copies, a row a fact. It belongs to the keeper's row as long as that has these bytes or the same coded
-- picture; where it is gone, to who has the same bytes.
CREATE TABLE carried (
    run             TEXT NOT NULL,
    unit            INTEGER NOT NULL,
    keeper_content  BLOB NOT NULL,
    keeper_payload  BLOB,
    keeper_id       INTEGER NOT NULL,
    kind            TEXT NOT NULL,                       -- album, favourite, caption, title, person, keyword, rating, place, taken
    value           TEXT NOT NULL,                       -- text; of place and taken JSON; of favourite empty
    PRIMARY KEY (run, unit, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX carried_by_content ON carried (keeper_content);
CREATE INDEX carried_by_keeper ON carried (keeper_id);

CREATE TRIGGER carried_to AFTER INSERT ON carried
BEGIN
    INSERT INTO regroup SELECT NEW.keeper_id WHERE NEW.keeper_id NOT IN (SELECT asset_id FROM regroup);
END;

CREATE TRIGGER carried_back AFTER DELETE ON carried
BEGIN
    INSERT INTO regroup SELECT OLD.keeper_id WHERE OLD.keeper_id NOT IN (SELECT asset_id FROM regroup);
END;

-- What came back is no longer what was removed.
CREATE TRIGGER tombstones_gone AFTER DELETE ON tombstones
BEGIN
    INSERT INTO regroup SELECT id FROM assets WHERE id NOT IN (SELECT asset_id FROM regroup) AND content_id IN (
        SELECT id FROM contents WHERE content_hash = OLD.content
        UNION ALL SELECT id FROM contents WHERE sha1 = OLD.sha1
        UNION ALL SELECT id FROM contents WHERE payload_hash = OLD.payload);
END;
