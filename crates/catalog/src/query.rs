//! The person's own questions in SQL, read-only by construction.
//!
//! The connection is opened read-only, so SQLite itself refuses writes to the catalog; an authorizer refuses the few statements that would
//! reach beyond it (another file, a setting, an extension). Nothing here looks at the text of a question.

use crate::{Catalog, Error, Result};
use model::SourceId;
use rusqlite::hooks::{AuthAction, Authorization};
use rusqlite::types::ValueRef;

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// SQL's NULL.
    Null,
    /// A whole number.
    Integer(i64),
    /// A number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

/// An answer: column names, and a callback a row.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Names of the columns.
    pub columns: Vec<String>,
}

/// Pragmas that only tell.
const TELLING_PRAGMAS: &[&str] =
    &["table_info", "table_xinfo", "table_list", "index_list", "index_info", "foreign_key_list", "database_list"];

impl Catalog {
    /// Makes `photos` show another source in this connection only.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn show_photos_of(&self, source: SourceId) -> Result<()> {
        let view: String =
            self.connection.query_row("SELECT sql FROM sqlite_schema WHERE type = 'view' AND name = 'photos'", [], |row| row.get(0))?;
        let chosen = "(SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'photos_source')";
        let view = view.replacen("CREATE VIEW", "CREATE TEMP VIEW", 1).replace(chosen, &source.0.to_string());
        Ok(self.connection.execute_batch(&view)?)
    }

    /// Answers one statement. `columns` is called once, then `row` for each row until it returns false.
    ///
    /// # Errors
    /// [`Error::Query`] with SQLite's own words where the statement is wrong, more than one, or does more than read.
    pub fn ask(&self, sql: &str, columns: impl FnOnce(&Table), mut row: impl FnMut(&[Cell]) -> bool) -> Result<()> {
        self.connection.authorizer(Some(|context: rusqlite::hooks::AuthContext<'_>| match context.action {
            AuthAction::Select | AuthAction::Read { .. } | AuthAction::Function { .. } | AuthAction::Recursive => Authorization::Allow,
            AuthAction::Pragma { pragma_name, .. } if TELLING_PRAGMAS.contains(&pragma_name) => Authorization::Allow,
            _ => Authorization::Deny,
        }))?;
        let answer = self.answer(sql, columns, &mut row);
        self.connection.authorizer(None::<fn(rusqlite::hooks::AuthContext<'_>) -> Authorization>)?;
        answer
    }

    fn answer(&self, sql: &str, columns: impl FnOnce(&Table), row: &mut dyn FnMut(&[Cell]) -> bool) -> Result<()> {
        let wrong = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::AuthorizationForStatementDenied) => {
                Error::Query("only questions are answered here: `SELECT`, or `PRAGMA table_info(…)`; nothing was changed".to_owned())
            }
            Some(rusqlite::ErrorCode::ReadOnly) => Error::Query("the catalog is open for reading only; nothing was changed".to_owned()),
            Some(rusqlite::ErrorCode::OperationInterrupted) => Error::Query("stopped".to_owned()),
            _ => Error::Query(error.to_string()),
        };
        if sql.trim().is_empty() {
            return Err(Error::Query("there is no statement".to_owned()));
        }
        let mut statement = self.connection.prepare(sql).map_err(wrong)?;
        columns(&Table { columns: statement.column_names().into_iter().map(str::to_owned).collect() });
        let width = statement.column_count();
        let mut rows = statement.query([]).map_err(wrong)?;
        let mut cells = Vec::with_capacity(width);
        while let Some(found) = rows.next().map_err(wrong)? {
            cells.clear();
            for at in 0..width {
                cells.push(match found.get_ref(at).map_err(wrong)? {
                    ValueRef::Null => Cell::Null,
                    ValueRef::Integer(number) => Cell::Integer(number),
                    ValueRef::Real(number) => Cell::Real(number),
                    ValueRef::Text(text) => Cell::Text(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
                });
            }
            if !row(&cells) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Makes a running question end when `stop` says so.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn stop_when(&self, stop: impl FnMut() -> bool + Send + 'static) -> Result<()> {
        Ok(self.connection.progress_handler(10_000, Some(stop))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_only() -> (tempfile::TempDir, Catalog) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("c.sqlite");
        drop(Catalog::open(&path).expect("a catalog"));
        let catalog = Catalog::open_read_only(&path).expect("open");
        (folder, catalog)
    }

    fn ask(catalog: &Catalog, sql: &str) -> Result<Vec<Vec<Cell>>> {
        let mut rows = Vec::new();
        catalog.ask(
            sql,
            |_| (),
            |row| {
                rows.push(row.to_vec());
                true
            },
        )?;
        Ok(rows)
    }

    #[test]
    fn only_questions_are_answered() {
        let (folder, catalog) = read_only();
        assert_eq!(
            ask(&catalog, "SELECT 1, 'two', NULL -- a remark").expect("answered"),
            [[Cell::Integer(1), Cell::Text("two".into()), Cell::Null]]
        );
        assert!(ask(&catalog, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT sum(i) FROM n").is_ok());
        assert!(!ask(&catalog, "PRAGMA table_info(assets)").expect("answered").is_empty());
        let other = folder.path().join("other.sqlite");
        for sql in [
            "DELETE FROM assets",
            "UPDATE settings SET value = 'x'",
            "DROP TABLE assets",
            "CREATE TEMP TABLE t (x)",
            "PRAGMA user_version = 5",
            "PRAGMA writable_schema = ON",
            "PRAGMA journal_mode = DELETE",
            "VACUUM",
            "BEGIN EXCLUSIVE",
            "REPLACE INTO settings VALUES ('a', 'b')",
            "SELECT load_extension('x')",
            &format!("ATTACH '{}' AS o", other.display()),
            &format!("VACUUM INTO '{}'", other.display()),
            "",
            "SELEKT 1",
            "SELECT 1; SELECT 2",
        ] {
            assert!(matches!(ask(&catalog, sql), Err(Error::Query(_))), "{sql}");
        }
        assert!(!other.exists());
    }

    #[test]
    fn the_view_can_show_another_source() {
        let (_folder, catalog) = read_only();
        catalog.show_photos_of(SourceId(77)).expect("a view");
        assert_eq!(ask(&catalog, "SELECT * FROM photos").expect("answered"), Vec::<Vec<Cell>>::new());
    }
}
