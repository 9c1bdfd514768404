-- The same notes as in 0005, but a row that changes nothing about them costs one look instead of a statement.
DROP TRIGGER ledger_met;
DROP TRIGGER ledger_ended;
DROP TRIGGER ledger_came_or_went;

CREATE TRIGGER ledger_met AFTER INSERT ON ledger
WHEN NOT EXISTS (SELECT 1 FROM roots JOIN reassemble USING (source_id) WHERE roots.id = NEW.root_id)
BEGIN
    INSERT INTO reassemble SELECT source_id FROM roots WHERE id = NEW.root_id;
END;

CREATE TRIGGER ledger_ended AFTER UPDATE OF kind, size_bytes, outcome, document, content_id ON ledger
WHEN NOT EXISTS (SELECT 1 FROM roots JOIN reassemble USING (source_id) WHERE roots.id = NEW.root_id)
BEGIN
    INSERT INTO reassemble SELECT source_id FROM roots WHERE id = NEW.root_id;
END;

CREATE TRIGGER ledger_came_or_went AFTER UPDATE OF presence, device, inode ON ledger
WHEN (OLD.presence = 'removed', OLD.device, OLD.inode) IS NOT (NEW.presence = 'removed', NEW.device, NEW.inode)
    AND NOT EXISTS (SELECT 1 FROM roots JOIN reassemble USING (source_id) WHERE roots.id = NEW.root_id)
BEGIN
    INSERT INTO reassemble SELECT source_id FROM roots WHERE id = NEW.root_id;
END;

-- Few contents cannot be decoded; each scan asks for them.
CREATE INDEX fingerprints_undecoded ON fingerprints (format) WHERE undecoded IS NOT NULL;
