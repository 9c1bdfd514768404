-- What makes a scan's cost follow what is new: a slim record of each asset for proposing pairs, and which assets are to be grouped anew.

CREATE TABLE signatures (
    asset_id        INTEGER PRIMARY KEY REFERENCES assets ON DELETE CASCADE,
    bytes           BLOB NOT NULL                        -- matching's own; of the recipe in settings
) STRICT;
INSERT INTO settings VALUES ('signature_recipe', '0');

-- What was last written of an asset, so that an unchanged one is not written again.
ALTER TABLE assets ADD COLUMN digest INTEGER;

-- Assets that matching has not seen as they are.
CREATE INDEX assets_unmatched ON assets (id) WHERE presence <> 'removed' AND matched_content IS NOT content_id;

-- Assets whose facts or edges changed since the groups were formed.
CREATE TABLE regroup (
    asset_id        INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER assets_changed AFTER UPDATE OF presence, digest ON assets
WHEN (OLD.presence, OLD.digest) IS NOT (NEW.presence, NEW.digest)
BEGIN
    INSERT OR IGNORE INTO regroup VALUES (NEW.id);
END;

CREATE TRIGGER assets_deleted BEFORE DELETE ON assets
BEGIN
    INSERT OR IGNORE INTO regroup SELECT b FROM evidence WHERE a = OLD.id;
    INSERT OR IGNORE INTO regroup SELECT a FROM evidence WHERE b = OLD.id;
END;

CREATE TRIGGER sources_changed AFTER UPDATE OF name, reference ON sources
WHEN (OLD.name, OLD.reference) IS NOT (NEW.name, NEW.reference)
BEGIN
    INSERT OR IGNORE INTO regroup SELECT id FROM assets WHERE source_id = NEW.id;
END;

CREATE TRIGGER evidence_drawn AFTER INSERT ON evidence
BEGIN
    INSERT OR IGNORE INTO regroup VALUES (NEW.a), (NEW.b);
END;

CREATE TRIGGER evidence_forgotten AFTER DELETE ON evidence
BEGIN
    INSERT OR IGNORE INTO regroup VALUES (OLD.a), (OLD.b);
END;

-- Most files wait or are left out without a content.
DROP INDEX ledger_by_content;
CREATE INDEX ledger_by_content ON ledger (content_id) WHERE content_id IS NOT NULL;

-- All groups are formed anew once.
INSERT INTO regroup SELECT id FROM assets;
