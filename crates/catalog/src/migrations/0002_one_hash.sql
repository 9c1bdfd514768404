-- One hash tells those of all eight turns; films have frames.

ALTER TABLE fingerprints DROP COLUMN hashes;
ALTER TABLE fingerprints ADD COLUMN hash BLOB;           -- 32 bytes: the perceptual hash

-- Frames of a film at fixed positions.
CREATE TABLE key_frames (
    content_id      INTEGER NOT NULL REFERENCES contents ON DELETE CASCADE,
    place           INTEGER NOT NULL,                    -- 0 is the first
    at_ms           INTEGER NOT NULL,
    hash            BLOB NOT NULL,
    quality         INTEGER NOT NULL,
    cells           BLOB NOT NULL,                       -- as in grids
    PRIMARY KEY (content_id, place)
) STRICT, WITHOUT ROWID;
