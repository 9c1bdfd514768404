//! Rows of `tombstones`: the memory of removed assets, and how files and assets go and come back with them.
//!
//! What a run removed is marked as a scan would mark what it misses, so that a scan finds nothing to do; evidence stays, so that what is
//! brought back stands in its group at once.

use crate::assets::PRESENCE_BY_PLACES;
use crate::path_key::to_columns;
use crate::{AssetRow, Catalog, Error, Result};
use model::{AssetId, ContentHash, PayloadHash, Relation, RemovedBefore, Sha1Hash};
use rusqlite::params;
use std::collections::HashSet;
use std::path::Path;

/// A removed asset, to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The run that removed it.
    pub run: String,
    /// Its place in the plan, from 0.
    pub unit: u64,
    /// Its row.
    pub asset: AssetId,
    /// Hash of its bytes.
    pub content: ContentHash,
    /// SHA-1 of its bytes, where known.
    pub sha1: Option<Sha1Hash>,
    /// Hash of its coded picture, where known.
    pub payload: Option<PayloadHash>,
    /// Bytes.
    pub size_bytes: u64,
    /// Where it lay.
    pub place: String,
    /// Name of its source.
    pub source: String,
    /// How it stood to the photo that stayed.
    pub relation: Relation,
    /// The photo that stayed: its row, the hash of its bytes, where it lies.
    pub keeper: (AssetId, ContentHash, String),
    /// When it went, seconds of UTC.
    pub removed_at_s: i64,
}

impl Catalog {
    /// Remembers a removed asset, and marks it and its files (root, path below it) as removed. Doing it twice changes nothing. Within a
    /// transaction.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn bury(&self, stone: &Tombstone, files: &[(&Path, &Path)]) -> Result<()> {
        let unit = stone.unit as i64;
        let is_new = self
            .connection
            .prepare_cached(
                "INSERT INTO tombstones VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                     (SELECT coalesce(max(id), 0) FROM assets), ?14) ON CONFLICT DO NOTHING",
            )?
            .execute(params![
                stone.run,
                unit,
                stone.asset.0,
                &stone.content.0[..],
                stone.sha1.as_ref().map(|hash| &hash.0[..]),
                stone.payload.as_ref().map(|hash| &hash.0[..]),
                stone.size_bytes as i64,
                stone.place,
                stone.source,
                stone.relation.name(),
                stone.keeper.0.0,
                &stone.keeper.1.0[..],
                stone.keeper.2,
                stone.removed_at_s,
            ])?;
        if is_new == 0 {
            return Ok(());
        }
        let mut note = self.connection.prepare_cached(
            "INSERT INTO removed_files SELECT ?1, ?2, l.id FROM ledger l JOIN roots r ON r.id = l.root_id
             WHERE r.path = ?3 AND r.path_bytes = ?4 AND l.path = ?5 AND l.path_bytes = ?6 ON CONFLICT DO NOTHING",
        )?;
        for (root, path) in files {
            let (root, path) = (to_columns(root), to_columns(path));
            note.execute(params![stone.run, unit, root.0, root.1, path.0, path.1])?;
        }
        self.connection
            .prepare_cached(&format!("UPDATE ledger SET presence = 'removed' WHERE presence <> 'removed' AND id IN ({FILES})"))?
            .execute(params![stone.run, unit])?;
        let whole_is_gone = "NOT EXISTS (SELECT 1 FROM locations o JOIN ledger l ON l.id = o.ledger_id
                                         WHERE o.asset_id = assets.id AND o.role <> 'companion' AND l.presence <> 'removed')";
        let gone = format!("presence <> 'removed' AND id IN ({ASSETS}) AND {whole_is_gone}");
        self.connection
            .prepare_cached(&format!("DELETE FROM signatures WHERE asset_id IN (SELECT id FROM assets WHERE {gone})"))?
            .execute(params![stone.run, unit])?;
        self.connection
            .prepare_cached(&format!("UPDATE assets SET presence = 'removed', matched_content = NULL WHERE {gone}"))?
            .execute(params![stone.run, unit])?;
        Ok(())
    }

    /// Forgets that a unit of a run was removed and what it carried, and marks its files and assets as there again, as far as nothing else
    /// became of them meanwhile. Doing it twice changes nothing. Within a transaction.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn bring_back(&self, run: &str, unit: u64) -> Result<()> {
        self.take_back_carried(run, unit)?;
        let these = params![run, unit as i64];
        self.connection
            .prepare_cached(&format!(
                "UPDATE ledger SET presence = (SELECT CASE WHEN online THEN 'present' ELSE 'offline' END FROM roots WHERE id = root_id)
                 WHERE presence = 'removed' AND id IN ({FILES})"
            ))?
            .execute(these)?;
        self.connection
            .prepare_cached(&format!("UPDATE assets SET presence = {PRESENCE_BY_PLACES} WHERE presence = 'removed' AND id IN ({ASSETS})"))?
            .execute(these)?;
        self.connection.prepare_cached("DELETE FROM removed_files WHERE run = ?1 AND unit = ?2")?.execute(these)?;
        self.connection.prepare_cached("DELETE FROM tombstones WHERE run = ?1 AND unit = ?2")?.execute(these)?;
        Ok(())
    }

    /// Returns the assets that runs of a plan removed, each with the hash of its bytes.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn removed_by_plan(&self, plan: &str) -> Result<HashSet<(AssetId, ContentHash)>> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT asset_id, content FROM tombstones JOIN runs ON runs.id = tombstones.run WHERE runs.plan = ?1")?;
        let mut rows = statement.query([plan])?;
        let mut removed = HashSet::new();
        while let Some(row) = rows.next()? {
            removed.insert((AssetId(row.get(0)?), content_of(row, 1)?));
        }
        Ok(removed)
    }

    /// Tells these assets whether they were removed before and came back; they are all, or those in `temp.wanted`.
    pub(crate) fn add_removed_before(&self, assets: &mut [AssetRow], are_wanted: bool) -> Result<()> {
        if !self.connection.prepare_cached("SELECT 1 FROM tombstones LIMIT 1")?.exists([])? {
            return Ok(());
        }
        // Who stayed then did not come back, though it may be another row by now: it moved.
        let rest =
            "a.presence <> 'removed' AND (a.id > t.born OR a.id = t.asset_id) AND (c.content_hash IS NOT t.keeper_content OR EXISTS (
            SELECT 1 FROM assets k JOIN contents kc ON kc.id = k.content_id
            WHERE k.id = t.keeper_id AND k.id <> a.id AND k.presence <> 'removed' AND kc.content_hash = t.keeper_content))";
        let part = |rank: u8, matches: &str| {
            // CROSS JOIN keeps SQLite from walking the wrong table first.
            let from = if are_wanted {
                format!(
                    "temp.wanted w CROSS JOIN assets a ON a.id = w.id CROSS JOIN contents c ON c.id = a.content_id CROSS JOIN tombstones t ON {matches}"
                )
            } else {
                format!("tombstones t CROSS JOIN contents c ON {matches} CROSS JOIN assets a ON a.content_id = c.id")
            };
            format!(
                "SELECT a.id, {rank}, (SELECT number FROM runs WHERE id = t.run), t.removed_at_s, t.place, t.keeper_content FROM {from} WHERE {rest}"
            )
        };
        let parts = [part(0, "c.content_hash = t.content"), part(1, "c.sha1 = t.sha1"), part(2, "c.payload_hash = t.payload")];
        let mut statement = self.connection.prepare_cached(&format!("{} ORDER BY 1, 2, 4 DESC, 3", parts.join(" UNION ALL ")))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Ok(at) = assets.binary_search_by_key(&AssetId(row.get(0)?), |asset| asset.id) else { continue };
            if assets[at].removed_before.is_none() {
                assets[at].removed_before = Some(RemovedBefore {
                    run: row.get::<_, Option<i64>>(2)?.unwrap_or(0).max(0) as u64,
                    utc_seconds: row.get(3)?,
                    place: row.get(4)?,
                    keeper: content_of(row, 5)?,
                });
            }
        }
        Ok(())
    }
}

/// Ledger rows that went with a unit of a run.
const FILES: &str = "SELECT ledger_id FROM removed_files WHERE run = ?1 AND unit = ?2";

/// Assets whose photo lay in one of them.
const ASSETS: &str = "SELECT o.asset_id FROM removed_files f JOIN locations o ON o.ledger_id = f.ledger_id WHERE f.run = ?1 AND f.unit = ?2 AND o.role <> 'companion'";

fn content_of(row: &rusqlite::Row<'_>, at: usize) -> Result<ContentHash> {
    let bytes = row.get_ref(at)?.as_blob().map_err(rusqlite::Error::from)?;
    ContentHash::try_from(bytes).map_err(|_| Error::Damaged("a stored hash cannot be read back".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CarriedFact;

    const KEPT: ContentHash = ContentHash([1; 32]);
    const GONE: ContentHash = ContentHash([2; 32]);

    /// A keeper (asset 1) and a copy of two names (asset 2) with a sidecar.
    fn catalog() -> (tempfile::TempDir, Catalog) {
        let folder = tempfile::tempdir().expect("a folder");
        let catalog = Catalog::open(&folder.path().join("c.sqlite")).expect("a catalog");
        run(
            &catalog,
            "INSERT INTO sources (id, name, kind) VALUES (1, 'photos', 'folder');
                 INSERT INTO roots (id, source_id, kind, path) VALUES (1, 1, 'folder', '/p');
                 INSERT INTO contents (id, size_bytes, content_hash, sha1, payload_hash) VALUES
                     (1, 9, h01, NULL, h0a),
                     (2, 9, h02, h05, h0b);
                 INSERT INTO ledger (id, root_id, path, kind, size_bytes, outcome, content_id, scan) VALUES
                     (1, 1, 'a.jpg', 'media', 9, 'done', 1, 1), (2, 1, 'b.jpg', 'media', 9, 'done', 2, 1),
                     (3, 1, 'c/b.jpg', 'media', 9, 'done', 2, 1), (4, 1, 'b.xmp', 'sidecar', 9, 'done', NULL, 1);
                 INSERT INTO assets (id, source_id, identity, filename, content_id, digest, matched_content) VALUES
                     (1, 1, 'path:a.jpg', 'a.jpg', 1, 1, 1), (2, 1, 'path:b.jpg', 'b.jpg', 2, 2, 2);
                 INSERT INTO locations (ledger_id, asset_id, role, rank) VALUES
                     (1, 1, 'original', 0), (2, 2, 'original', 0), (3, 2, 'original', 1), (4, 2, 'companion', 2);
                 INSERT INTO signatures VALUES (1, x'00'), (2, x'00'); DELETE FROM regroup; DELETE FROM reassemble",
        );
        (folder, catalog)
    }

    /// Runs statements in which `h01` stands for a hash of these bytes (20 of 05 and 06, else 32).
    fn run(catalog: &Catalog, sql: &str) {
        let mut text = sql.to_owned();
        for byte in 1u8..16 {
            let length = if byte == 5 || byte == 6 { 20 } else { 32 };
            text = text.replace(&format!("h{byte:02x}"), &format!("x'{}'", format!("{byte:02x}").repeat(length)));
        }
        catalog.connection.execute_batch(&text).expect("rows");
    }

    fn stone() -> Tombstone {
        Tombstone {
            run: "3".into(),
            unit: 0,
            asset: AssetId(2),
            content: GONE,
            sha1: Some(Sha1Hash([5; 20])),
            payload: Some(PayloadHash([11; 32])),
            size_bytes: 9,
            place: "/p/b.jpg".into(),
            source: "photos".into(),
            relation: Relation::Rotated,
            keeper: (AssetId(1), KEPT, "/p/a.jpg".into()),
            removed_at_s: 86_400,
        }
    }

    fn bury(catalog: &Catalog, names: &[&str]) {
        let files: Vec<(&Path, &Path)> = names.iter().map(|name| (Path::new("/p"), Path::new(*name))).collect();
        catalog.batch(|| catalog.bury(&stone(), &files)).expect("buried");
    }

    /// Rows of the ledger and of the assets that are there.
    fn present(catalog: &Catalog) -> (Vec<i64>, Vec<i64>) {
        let ids = |table: &str| {
            let sql = format!("SELECT id FROM {table} WHERE presence = 'present' ORDER BY id");
            let mut statement = catalog.connection.prepare(&sql).expect("SQL");
            let rows = statement.query_map([], |row| row.get(0)).expect("read");
            rows.collect::<rusqlite::Result<Vec<i64>>>().expect("read")
        };
        (ids("ledger"), ids("assets"))
    }

    fn count(catalog: &Catalog, table: &str) -> i64 {
        catalog.connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("read")
    }

    #[test]
    fn going_and_coming_back_twice_is_as_once() {
        let (_folder, catalog) = catalog();
        for _ in 0..2 {
            bury(&catalog, &["b.jpg", "c/b.jpg", "b.xmp"]);
            assert_eq!(present(&catalog), (vec![1], vec![1]));
            assert_eq!((count(&catalog, "tombstones"), count(&catalog, "signatures")), (1, 1));
        }
        assert_eq!(catalog.count_to_regroup().expect("counted"), 1);
        for _ in 0..2 {
            catalog.batch(|| catalog.bring_back("3", 0)).expect("back");
            assert_eq!(present(&catalog), (vec![1, 2, 3, 4], vec![1, 2]));
            assert_eq!((count(&catalog, "tombstones"), count(&catalog, "removed_files")), (0, 0));
        }
        assert_eq!(catalog.check().expect("checked"), Vec::<String>::new());
    }

    #[test]
    fn a_name_or_a_sidecar_that_stays_does_not_keep_more_than_itself() {
        let (_folder, catalog) = catalog();
        bury(&catalog, &["b.jpg"]);
        assert_eq!(present(&catalog).1, [1, 2], "its other name is there");
        catalog.batch(|| catalog.bring_back("3", 0)).expect("back");
        bury(&catalog, &["b.jpg", "c/b.jpg"]);
        assert_eq!(present(&catalog), (vec![1, 4], vec![1]), "a sidecar is no photo");
    }

    #[test]
    fn what_was_put_there_meanwhile_is_left_alone() {
        let (_folder, catalog) = catalog();
        bury(&catalog, &["b.jpg", "c/b.jpg"]);
        catalog.connection.execute("UPDATE ledger SET presence = 'offline' WHERE id = 2", []).expect("met by a scan");
        catalog.batch(|| catalog.bring_back("3", 0)).expect("back");
        let ledger: String = catalog.connection.query_row("SELECT presence FROM ledger WHERE id = 2", [], |row| row.get(0)).expect("read");
        assert_eq!(ledger, "offline");
        catalog.forget_source(model::SourceId(1)).expect("forgotten");
        assert_eq!(catalog.check().expect("checked"), Vec::<String>::new());
    }

    /// One row a way to come back: what the new asset's content is, and whether it is known.
    #[test]
    fn who_came_back_is_known_by_bytes_then_sha1_then_picture() {
        let check = |content: &str, expected: Option<u64>| {
            let (_folder, catalog) = catalog();
            bury(&catalog, &["b.jpg", "c/b.jpg", "b.xmp"]);
            catalog.note_run("3", 3, "plan", 0).expect("noted");
            run(
                &catalog,
                &format!(
                    "INSERT OR IGNORE INTO contents (id, size_bytes, content_hash, sha1, payload_hash) VALUES (3, 9, {content});
                     INSERT INTO assets (id, source_id, identity, filename, content_id)
                     SELECT 9, 1, 'path:new.jpg', 'new.jpg', id FROM contents ORDER BY id DESC LIMIT 1"
                ),
            );
            for assets in [catalog.assets().expect("read"), catalog.assets_of(&[AssetId(1), AssetId(9)]).expect("read")] {
                let run = assets[1].removed_before.as_ref().map(|before| before.run);
                assert_eq!((assets[1].id, run), (AssetId(9), expected), "{content}");
                assert_eq!(assets[0].removed_before, None, "the keeper did not come back");
            }
        };
        check("h02, NULL, NULL", Some(3));
        check("NULL, h05, NULL", Some(3));
        check("h04, NULL, h0b", Some(3));
        check("h04, h06, h0c", None);
    }

    #[test]
    fn what_a_keeper_gained_is_its_own_and_then_its_heirs() {
        let (_folder, catalog) = catalog();
        let facts = [CarriedFact::Caption("At the sea".into()), CarriedFact::Favourite, CarriedFact::Album("Kyoto".into())];
        for _ in 0..2 {
            catalog.batch(|| catalog.carry("3", 0, (AssetId(1), KEPT), &facts)).expect("carried");
        }
        assert_eq!(count(&catalog, "carried"), 3);
        run(&catalog, "INSERT INTO assets (id, source_id, identity, filename, content_id) VALUES (9, 1, 'path:d.jpg', 'd.jpg', 1)");
        let having = || {
            let of = |assets: Vec<AssetRow>| -> Vec<i64> {
                assets
                    .iter()
                    .filter(|asset| asset.favourite && asset.albums == ["Kyoto"] && asset.carried.len() == 3)
                    .map(|a| a.id.0)
                    .collect()
            };
            let all = of(catalog.assets().expect("read"));
            assert_eq!(of(catalog.assets_of(&[AssetId(1), AssetId(2), AssetId(9)]).expect("read")), all);
            all
        };
        assert_eq!(having(), [1]);
        // Its metadata are edited: other bytes, the same picture.
        run(
            &catalog,
            "INSERT INTO contents (id, size_bytes, content_hash, payload_hash) VALUES (4, 9, h08, h0a);
                 UPDATE assets SET content_id = 4 WHERE id = 1",
        );
        assert_eq!(having(), [1]);
        catalog.connection.execute("UPDATE assets SET presence = 'removed' WHERE id = 1", []).expect("gone");
        assert_eq!(having(), [9], "the same bytes elsewhere");
        catalog.batch(|| catalog.take_back_carried("3", 0)).expect("taken back");
        assert_eq!(having(), Vec::<i64>::new());
    }
}
