-- Sources whose files changed since their assets were formed: what a scan that ended early left undone is seen by the next.
CREATE TABLE reassemble (
    source_id       INTEGER PRIMARY KEY
) STRICT;

CREATE TRIGGER ledger_met AFTER INSERT ON ledger
BEGIN
    INSERT INTO reassemble SELECT source_id FROM roots WHERE id = NEW.root_id AND source_id NOT IN (SELECT source_id FROM reassemble);
END;

CREATE TRIGGER ledger_ended AFTER UPDATE OF kind, size_bytes, outcome, document, content_id ON ledger
BEGIN
    INSERT INTO reassemble SELECT source_id FROM roots WHERE id = NEW.root_id AND source_id NOT IN (SELECT source_id FROM reassemble);
END;

CREATE TRIGGER ledger_came_or_went AFTER UPDATE OF presence, device, inode ON ledger
WHEN (OLD.presence = 'removed', OLD.device, OLD.inode) IS NOT (NEW.presence = 'removed', NEW.device, NEW.inode)
BEGIN
    INSERT INTO reassemble SELECT source_id FROM roots WHERE id = NEW.root_id AND source_id NOT IN (SELECT source_id FROM reassemble);
END;

-- A scan may have ended early before this was noted.
INSERT INTO reassemble SELECT id FROM sources;

-- The same triggers as before, but a statement that fires one brings its own way with conflicts, which overrules `OR IGNORE`.
DROP TRIGGER assets_changed;
DROP TRIGGER assets_deleted;
DROP TRIGGER sources_changed;
DROP TRIGGER evidence_drawn;
DROP TRIGGER evidence_forgotten;

CREATE TRIGGER assets_changed AFTER UPDATE OF presence, digest ON assets
WHEN (OLD.presence, OLD.digest) IS NOT (NEW.presence, NEW.digest)
BEGIN
    INSERT INTO regroup SELECT NEW.id WHERE NEW.id NOT IN (SELECT asset_id FROM regroup);
END;

CREATE TRIGGER assets_deleted BEFORE DELETE ON assets
BEGIN
    INSERT INTO regroup SELECT b FROM evidence WHERE a = OLD.id AND b NOT IN (SELECT asset_id FROM regroup);
    INSERT INTO regroup SELECT a FROM evidence WHERE b = OLD.id AND a NOT IN (SELECT asset_id FROM regroup);
END;

CREATE TRIGGER sources_changed AFTER UPDATE OF name, reference ON sources
WHEN (OLD.name, OLD.reference) IS NOT (NEW.name, NEW.reference)
BEGIN
    INSERT INTO regroup SELECT id FROM assets WHERE source_id = NEW.id AND id NOT IN (SELECT asset_id FROM regroup);
END;

CREATE TRIGGER evidence_drawn AFTER INSERT ON evidence
BEGIN
    INSERT INTO regroup SELECT NEW.a WHERE NEW.a NOT IN (SELECT asset_id FROM regroup);
    INSERT INTO regroup SELECT NEW.b WHERE NEW.b NOT IN (SELECT asset_id FROM regroup);
END;

CREATE TRIGGER evidence_forgotten AFTER DELETE ON evidence
BEGIN
    INSERT INTO regroup SELECT OLD.a WHERE OLD.a NOT IN (SELECT asset_id FROM regroup);
    INSERT INTO regroup SELECT OLD.b WHERE OLD.b NOT IN (SELECT asset_id FROM regroup);
END;
