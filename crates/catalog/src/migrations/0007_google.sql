-- What Google's interfaces list: a source without roots, whose assets have no files here. Runs with foreign keys off, since `sources` is built anew.

CREATE TABLE sources_new (
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL CHECK (kind = 'folder' OR kind = 'takeout' OR kind = 'google'),
    online          INTEGER NOT NULL DEFAULT 1,
    reference       INTEGER NOT NULL DEFAULT 0,
    scanned_at_s    INTEGER                              -- when it was last scanned
) STRICT;
INSERT INTO sources_new SELECT id, name, kind, online, reference, scanned_at_s FROM sources;
DROP TABLE sources;
ALTER TABLE sources_new RENAME TO sources;

CREATE TRIGGER sources_changed AFTER UPDATE OF name, reference ON sources
WHEN (OLD.name, OLD.reference) IS NOT (NEW.name, NEW.reference)
BEGIN
    INSERT INTO regroup SELECT id FROM assets WHERE source_id = NEW.id AND id NOT IN (SELECT asset_id FROM regroup);
END;

-- The listing that last met an asset; NULL for files.
ALTER TABLE assets ADD COLUMN listing INTEGER;

-- How far the listing of a source came; written with the page that it tells of.
CREATE TABLE listings (
    source_id       INTEGER PRIMARY KEY REFERENCES sources ON DELETE CASCADE,
    number          INTEGER NOT NULL,                    -- counts the listings of this source
    scope           TEXT NOT NULL,                       -- what was asked for: 'app-created' or 'whole'
    page_size       INTEGER NOT NULL,
    page_token      TEXT,                                -- of the next page; NULL before the first and after the last
    is_done         INTEGER NOT NULL DEFAULT 0,
    pages           INTEGER NOT NULL DEFAULT 0,          -- pages of this listing
    items           INTEGER NOT NULL DEFAULT 0           -- items on them
) STRICT;

-- Albums that this program made at Google, by the title asked for.
CREATE TABLE google_albums (
    title           TEXT PRIMARY KEY,
    album_id        TEXT                                 -- NULL: asked for, the answer was not seen
) STRICT, WITHOUT ROWID;

-- What became of each item that was to be added to an album; written before and after each request.
CREATE TABLE google_additions (
    album_id        TEXT NOT NULL,
    item_id         TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state = 'asked' OR state = 'added' OR state = 'refused'),
    PRIMARY KEY (album_id, item_id)
) STRICT, WITHOUT ROWID;
