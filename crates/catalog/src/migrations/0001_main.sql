-- The catalog's first shape. Times are UTC; units stand in the names (_s seconds, _ns nanoseconds, _px pixels, _ms milliseconds).
-- Never edited after release: a change is a new file. `CHECK (x = … OR …)` stands where SQLite would fill a table for `x IN (…)` at each row
-- written (a third of the cost of a row).

CREATE TABLE sources (
    id              INTEGER PRIMARY KEY,
    name            TEXT NOT NULL UNIQUE,
    kind            TEXT NOT NULL CHECK (kind IN ('folder', 'takeout')),
    online          INTEGER NOT NULL DEFAULT 1,
    reference       INTEGER NOT NULL DEFAULT 0,
    scanned_at_s    INTEGER                              -- when it was last scanned
) STRICT;

-- Where a source lies: a folder's root, or each archive and unpacked tree of a Takeout account.
CREATE TABLE roots (
    id              INTEGER PRIMARY KEY,
    source_id       INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
    kind            TEXT NOT NULL CHECK (kind IN ('folder', 'zip', 'tgz', 'tree')),
    path            TEXT NOT NULL,                       -- absolute
    path_bytes      BLOB NOT NULL DEFAULT x'',           -- the raw path where it is not UTF-8
    size_bytes      INTEGER,                             -- archives: size when last read whole
    modified_ns     INTEGER,                             -- archives: time when last read whole
    online          INTEGER NOT NULL DEFAULT 1,
    UNIQUE (path, path_bytes)
) STRICT;

-- One row for each distinct byte string met.
CREATE TABLE contents (
    id              INTEGER PRIMARY KEY,
    size_bytes      INTEGER NOT NULL,
    content_hash    BLOB UNIQUE,                         -- BLAKE3
    sha1            BLOB,                                -- Google's dedupKey is one
    payload_hash    BLOB                                 -- the coded picture alone
) STRICT;
CREATE INDEX contents_by_payload ON contents (payload_hash) WHERE payload_hash IS NOT NULL;
CREATE INDEX contents_by_sha1 ON contents (sha1) WHERE sha1 IS NOT NULL;

-- What opening the bytes taught, of a content and never of a path: a moved file costs nothing.
CREATE TABLE fingerprints (
    content_id      INTEGER PRIMARY KEY REFERENCES contents ON DELETE CASCADE,
    recipe          INTEGER NOT NULL,
    format          TEXT NOT NULL,
    width_px        INTEGER NOT NULL,
    height_px       INTEGER NOT NULL,
    orientation     INTEGER NOT NULL,
    frames          INTEGER NOT NULL,
    hashes          BLOB,                                -- 8 × 32 bytes: the perceptual hash in each of the eight turns
    quality         INTEGER,                             -- 0 to 100
    decoded_from    TEXT,
    undecoded       TEXT,                                -- why there are no hashes
    embedded_video  INTEGER NOT NULL DEFAULT 0,
    metadata        TEXT NOT NULL,                       -- JSON
    encoding        TEXT NOT NULL                        -- JSON
) STRICT;

CREATE TABLE grids (
    content_id      INTEGER PRIMARY KEY REFERENCES contents ON DELETE CASCADE,
    cells           BLOB NOT NULL                        -- luma 64 × 64, blue 16 × 16, red 16 × 16
) STRICT;

-- Every file, member or left-out folder that a walk met.
CREATE TABLE ledger (
    id              INTEGER PRIMARY KEY,
    root_id         INTEGER NOT NULL REFERENCES roots ON DELETE CASCADE,
    path            TEXT NOT NULL,                       -- below the root, or the member's name
    path_bytes      BLOB NOT NULL DEFAULT x'',           -- the raw path where it is not UTF-8
    kind            TEXT NOT NULL,
    size_bytes      INTEGER NOT NULL,
    modified_ns     INTEGER,
    crc32           INTEGER,
    device          INTEGER,                             -- with inode: given where the file has several hard links
    inode           INTEGER,
    outcome         TEXT NOT NULL CHECK (outcome = 'pending' OR outcome = 'done' OR outcome = 'skipped' OR outcome = 'failed'),
    cause_code      TEXT,
    cause           TEXT,
    presence        TEXT NOT NULL DEFAULT 'present' CHECK (presence = 'present' OR presence = 'offline' OR presence = 'removed'),
    attempts        INTEGER NOT NULL DEFAULT 0,          -- times the program died while reading it
    content_id      INTEGER REFERENCES contents,
    document        TEXT,                                -- a Takeout JSON, as understood
    scan            INTEGER NOT NULL,                    -- number of the scan that last met it
    UNIQUE (root_id, path, path_bytes)
) STRICT;
CREATE INDEX ledger_by_content ON ledger (content_id);

CREATE TABLE assets (
    id              INTEGER PRIMARY KEY,
    source_id       INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
    identity        TEXT NOT NULL,
    google_id       TEXT,
    filename        TEXT NOT NULL,
    mime_type       TEXT,
    content_id      INTEGER REFERENCES contents,         -- of its first original
    size_bytes      INTEGER,
    width           INTEGER,
    height          INTEGER,
    creation_time   TEXT,                                -- whole UTC seconds, as the seed's table has it
    taken_utc_s     INTEGER,
    taken_ns        INTEGER,
    taken_offset_min INTEGER,
    taken_source    TEXT,
    taken_why       TEXT,
    uploaded_utc_s  INTEGER,
    modified_utc_s  INTEGER,
    camera_make     TEXT,
    camera_model    TEXT,
    focal_length    REAL,
    f_stop          REAL,
    iso_equivalent  INTEGER,
    exposure_time   REAL,
    latitude        REAL,
    longitude       REAL,
    altitude_m      REAL,
    duration_ms     INTEGER,
    caption         TEXT,
    favourite       INTEGER NOT NULL DEFAULT 0,
    archived        INTEGER NOT NULL DEFAULT 0,
    trashed         INTEGER NOT NULL DEFAULT 0,
    locked          INTEGER NOT NULL DEFAULT 0,
    partner         INTEGER NOT NULL DEFAULT 0,
    origin          TEXT,
    app             TEXT,
    product_url     TEXT,
    presence        TEXT NOT NULL DEFAULT 'present' CHECK (presence = 'present' OR presence = 'offline' OR presence = 'removed'),
    matched_content INTEGER,                             -- content and recipe that matching last saw
    matched_recipe  INTEGER,
    UNIQUE (source_id, identity)
) STRICT;
CREATE INDEX assets_by_shot ON assets (source_id, creation_time, camera_make, camera_model);
CREATE INDEX assets_by_content ON assets (content_id);

-- Where an asset's bytes lie, and what each place holds for it.
CREATE TABLE locations (
    ledger_id       INTEGER PRIMARY KEY REFERENCES ledger ON DELETE CASCADE,
    asset_id        INTEGER NOT NULL REFERENCES assets ON DELETE CASCADE,
    role            TEXT NOT NULL CHECK (role = 'original' OR role = 'rendition' OR role = 'companion'),
    rank            INTEGER NOT NULL,                    -- 0 is the asset's first location
    sidecar_id      INTEGER REFERENCES ledger ON DELETE SET NULL,
    rule            TEXT                                 -- the rule that paired the sidecar
) STRICT;
CREATE INDEX locations_by_asset ON locations (asset_id, rank);

CREATE TABLE asset_people (
    asset_id        INTEGER NOT NULL REFERENCES assets ON DELETE CASCADE,
    name            TEXT NOT NULL,
    PRIMARY KEY (asset_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE albums (
    id              INTEGER PRIMARY KEY,
    source_id       INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE,
    folder          TEXT NOT NULL,
    title           TEXT NOT NULL,
    caption         TEXT,
    UNIQUE (source_id, folder)
) STRICT;

CREATE TABLE album_assets (
    album_id        INTEGER NOT NULL REFERENCES albums ON DELETE CASCADE,
    asset_id        INTEGER NOT NULL REFERENCES assets ON DELETE CASCADE,
    PRIMARY KEY (album_id, asset_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX album_assets_by_asset ON album_assets (asset_id);

-- Edges between assets; a < b.
CREATE TABLE evidence (
    a               INTEGER NOT NULL REFERENCES assets ON DELETE CASCADE,
    b               INTEGER NOT NULL REFERENCES assets ON DELETE CASCADE,
    relation        TEXT NOT NULL,
    strict          INTEGER NOT NULL,
    proof           TEXT NOT NULL,                       -- JSON
    notes           TEXT NOT NULL,                       -- JSON
    recipe          INTEGER NOT NULL,
    PRIMARY KEY (a, b),
    CHECK (a < b)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_by_b ON evidence (b);

-- Groups as the last scan formed them by the default rules.
CREATE TABLE groups (
    id              INTEGER PRIMARY KEY,
    keeper          INTEGER NOT NULL REFERENCES assets ON DELETE CASCADE
) STRICT;

CREATE TABLE group_members (
    group_id        INTEGER NOT NULL REFERENCES groups ON DELETE CASCADE,
    asset_id        INTEGER NOT NULL UNIQUE REFERENCES assets ON DELETE CASCADE,
    relation        TEXT NOT NULL,                       -- 'keeper' for the keeper itself
    verdict         TEXT NOT NULL CHECK (verdict = 'keep' OR verdict = 'remove' OR verdict = 'undecided'),
    reasons         TEXT NOT NULL,                       -- JSON
    PRIMARY KEY (group_id, asset_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    key             TEXT PRIMARY KEY,
    value           TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES ('scan', '0');

-- The seed's table, one row an asset of one source (the last scanned), over indexed columns.
CREATE VIEW photos AS
SELECT
    coalesce(google_id, 'asset:' || id) AS id,
    filename,
    coalesce(mime_type, 'application/octet-stream') AS mime_type,
    creation_time,
    width,
    height,
    camera_make,
    camera_model,
    focal_length,
    f_stop,
    iso_equivalent,
    exposure_time
FROM assets
WHERE source_id = (SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'photos_source')
  AND presence <> 'removed';
