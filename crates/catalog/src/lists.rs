//! Lists of groups for the review: which groups in which order, what a row shows, and sums over all of them.

use crate::path_key::to_columns;
use crate::{Catalog, Error, Recorded, Result, RootRow};
use model::{AssetId, Reason, Relation, SourceId, Verdict};
use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row, params, params_from_iter};

/// Which groups are wanted; `None`, 0 and empty ask for all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GroupQuery {
    /// With a member of one of these relations: bit n is the n-th.
    pub relations: u32,
    /// With a member in this source.
    pub source: Option<SourceId>,
    /// With a member below these folders: a root and the path below it (empty: all of the root). Nothing lies below none of them.
    pub folders: Option<Vec<(i64, String)>>,
    /// With a member in an album of that title.
    pub album: Option<String>,
    /// Whose keeper was taken with this camera.
    pub camera: Option<String>,
    /// Whose keeper was taken then or later, seconds of UTC.
    pub from_s: Option<i64>,
    /// Whose keeper was taken before then.
    pub before_s: Option<i64>,
    /// Of which nobody knows when it was taken.
    pub undated: bool,
    /// In which at least so many bytes may go.
    pub min_bytes: u64,
    /// With this confidence of the least sure member: bit n is the n-th.
    pub confidence: u32,
    /// In this state.
    pub state: Option<u8>,
    /// Of this number.
    pub id: Option<i64>,
}

/// What groups are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum GroupOrder {
    /// Bytes that may go, most first.
    #[default]
    Bytes,
    /// When the keeper was taken, the unknown last.
    Date,
    /// Confidence, surest first.
    Confidence,
    /// Number of members, most first.
    Members,
    /// Strongest relation.
    Relation,
    /// The keeper's source and folder.
    Source,
    /// The keeper's folder.
    Folder,
    /// The keeper's camera, the unknown last.
    Camera,
    /// Open ones first.
    State,
    /// An album of a member, those without last.
    Album,
}

/// What a group is ordered by, with values that sort as the order wants: least first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrderKey {
    /// A number.
    Number(i64),
    /// A text.
    Text(Box<str>),
    /// Unknown: last.
    Unknown,
}

/// A group as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedGroup {
    /// Its number.
    pub id: i64,
    /// Another number whenever anything of it changes.
    pub version: i64,
    /// 0 open, 1 decided, 2 settled.
    pub state: u8,
    /// 0 is the surest.
    pub confidence: u8,
    /// Bit n tells of the n-th relation.
    pub relations: u32,
    /// Members, the keeper included.
    pub members_count: u64,
    /// Members that wait for the person.
    pub open: u64,
    /// Members that may go.
    pub removals: u64,
    /// Bytes of those.
    pub removals_bytes: u64,
    /// When the keeper was taken, seconds of UTC.
    pub taken_utc_seconds: Option<i64>,
    /// The keeper's camera.
    pub camera: Option<String>,
    /// The keeper's source.
    pub source: SourceId,
    /// The keeper's folder.
    pub folder: String,
    /// What was set aside: JSON.
    pub set_aside: String,
}

/// A member as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedMember {
    /// Its group.
    pub group: i64,
    /// Its asset.
    pub asset: AssetId,
    /// How it stands to the keeper; `None` for the keeper.
    pub relation: Option<Relation>,
    /// What is proposed or decided.
    pub verdict: Verdict,
    /// What the person decided.
    pub recorded: Option<Recorded>,
    /// Whether it may not be removed, whatever the person says.
    pub is_bound: bool,
    /// 0 is the surest.
    pub confidence: u8,
    /// Bytes.
    pub size_bytes: u64,
    /// Why.
    pub reasons: Vec<Reason>,
    /// Its name.
    pub name: String,
    /// Its media type.
    pub mime_type: Option<String>,
    /// Hash of its bytes.
    pub content_hash: Option<Vec<u8>>,
}

const GROUP_COLUMNS: &str =
    "g.id, g.version, g.state, g.confidence, g.relations, g.members, g.open, g.removals, g.removals_bytes, g.taken_utc_s,
    g.camera, g.source_id, g.folder, g.set_aside";

fn group_of(row: &Row<'_>) -> rusqlite::Result<ListedGroup> {
    let count = |at: usize| row.get::<_, i64>(at).map(|value| value.max(0) as u64);
    Ok(ListedGroup {
        id: row.get(0)?,
        version: row.get(1)?,
        state: row.get(2)?,
        confidence: row.get(3)?,
        relations: row.get(4)?,
        members_count: count(5)?,
        open: count(6)?,
        removals: count(7)?,
        removals_bytes: count(8)?,
        taken_utc_seconds: row.get(9)?,
        camera: row.get(10)?,
        source: SourceId(row.get(11)?),
        folder: row.get(12)?,
        set_aside: row.get(13)?,
    })
}

impl GroupOrder {
    /// All, in the order in which they are offered.
    pub const ALL: [GroupOrder; 10] = [
        Self::Bytes,
        Self::Date,
        Self::Confidence,
        Self::Members,
        Self::Relation,
        Self::Source,
        Self::Folder,
        Self::Album,
        Self::Camera,
        Self::State,
    ];

    /// Returns the lower-case name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Date => "date",
            Self::Confidence => "confidence",
            Self::Members => "members",
            Self::Relation => "relation",
            Self::Source => "source",
            Self::Folder => "folder",
            Self::Album => "album",
            Self::Camera => "camera",
            Self::State => "state",
        }
    }

    /// Tells whether the greatest stands first.
    #[must_use]
    pub fn is_descending(self) -> bool {
        matches!(self, Self::Bytes | Self::Members)
    }

    /// Returns what is compared, in SQL.
    fn sql(self) -> &'static str {
        match self {
            GroupOrder::Bytes => "g.removals_bytes",
            GroupOrder::Date => "g.taken_utc_s",
            GroupOrder::Confidence => "g.confidence",
            GroupOrder::Members => "g.members",
            GroupOrder::Relation => "g.relations & -g.relations",
            GroupOrder::Source => "(SELECT s.name FROM sources s WHERE s.id = g.source_id) || char(1) || g.folder",
            GroupOrder::Folder => "g.folder",
            GroupOrder::Camera => "g.camera",
            GroupOrder::State => "g.state",
            GroupOrder::Album => {
                "(SELECT min(b.title) FROM group_members m JOIN album_assets x ON x.asset_id = m.asset_id JOIN albums b ON b.id = x.album_id
                  WHERE m.group_id = g.id)"
            }
        }
    }
}

/// Returns conditions in SQL with their values.
fn conditions(query: &GroupQuery) -> (String, Vec<Value>) {
    let (mut sql, mut values) = ("true".to_owned(), Vec::new());
    let mut and = |condition: &str, some: Vec<Value>| {
        sql += " AND ";
        sql += condition;
        values.extend(some);
    };
    if query.relations != 0 {
        and("g.relations & ? <> 0", vec![i64::from(query.relations).into()]);
    }
    if let Some(source) = query.source {
        let members = "SELECT m.group_id FROM group_members m JOIN assets a ON a.id = m.asset_id WHERE a.source_id = ?";
        and(&format!("(g.source_id = ? OR g.id IN ({members}))"), vec![source.0.into(), source.0.into()]);
    }
    if let Some(folders) = &query.folders {
        let mut below = vec!["SELECT NULL WHERE false".to_owned()];
        let mut some: Vec<Value> = Vec::new();
        for (root, path) in folders {
            let members =
                "SELECT m.group_id FROM ledger l JOIN locations o ON o.ledger_id = l.id JOIN group_members m ON m.asset_id = o.asset_id
                           WHERE l.root_id = ?";
            some.push((*root).into());
            if path.is_empty() {
                below.push(members.to_owned());
            } else {
                // '0' comes right behind '/'.
                below.push(format!("{members} AND l.path >= ? AND l.path < ?"));
                some.extend([format!("{path}/").into(), format!("{path}0").into()]);
            }
        }
        and(&format!("g.id IN ({})", below.join(" UNION ALL ")), some);
    }
    if let Some(album) = &query.album {
        and(
            "g.id IN (SELECT m.group_id FROM albums b JOIN album_assets x ON x.album_id = b.id JOIN group_members m ON m.asset_id = x.asset_id
                      WHERE b.title = ?)",
            vec![album.clone().into()],
        );
    }
    if let Some(camera) = &query.camera {
        and("g.camera = ?", vec![camera.clone().into()]);
    }
    if let Some(from) = query.from_s {
        and("g.taken_utc_s >= ?", vec![from.into()]);
    }
    if let Some(before) = query.before_s {
        and("g.taken_utc_s < ?", vec![before.into()]);
    }
    if query.undated {
        and("g.taken_utc_s IS NULL", vec![]);
    }
    if query.min_bytes > 0 {
        and("g.removals_bytes >= ?", vec![i64::try_from(query.min_bytes).unwrap_or(i64::MAX).into()]);
    }
    if query.confidence != 0 {
        and("(1 << g.confidence) & ? <> 0", vec![i64::from(query.confidence).into()]);
    }
    if let Some(id) = query.id {
        and("g.id = ?", vec![id.into()]);
    }
    if let Some(state) = query.state {
        and("g.state = ?", vec![i64::from(state).into()]);
    }
    (sql, values)
}

impl Catalog {
    /// Returns the numbers of the groups wanted, in order, each with what it is ordered by; ties go by number.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn list_groups(&self, query: &GroupQuery, order: GroupOrder, is_reversed: bool) -> Result<Vec<(OrderKey, i64)>> {
        let (wanted, values) = conditions(query);
        let key = order.sql();
        let direction = if order.is_descending() == is_reversed { "ASC" } else { "DESC" };
        let sql = format!("SELECT {key}, g.id FROM groups g WHERE {wanted} ORDER BY 1 {direction} NULLS LAST, 2");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(values))?;
        let mut groups = Vec::new();
        while let Some(row) = rows.next()? {
            let key = match row.get::<_, Value>(0)? {
                Value::Integer(number) => OrderKey::Number(number),
                Value::Text(text) => OrderKey::Text(text.into()),
                _ => OrderKey::Unknown,
            };
            groups.push((key, row.get(1)?));
        }
        Ok(groups)
    }

    /// Returns the roots and paths below them that a folder as shown means: itself or below a root, or roots below it.
    #[must_use]
    pub fn folders_below(roots: &[RootRow], folder: &str) -> Vec<(i64, String)> {
        let folder = if folder.len() > 1 { folder.trim_end_matches('/') } else { folder };
        let mut found = Vec::new();
        for root in roots {
            let path = to_columns(&root.path).0;
            let below = |long: &str, short: &str, between: char| {
                let rest = long.strip_prefix(short)?;
                (rest.is_empty() || short.ends_with('/')).then_some(rest).or_else(|| rest.strip_prefix(between)).map(str::to_owned)
            };
            let between = if root.kind.is_archive() { '!' } else { '/' };
            if let Some(rest) = below(folder, &path, between) {
                found.push((root.id.0, rest));
            } else if below(&path, folder, '/').is_some() {
                found.push((root.id.0, String::new()));
            }
        }
        found
    }

    /// Returns these groups as a list shows them, in that order; one that is gone is left out.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn listed_groups(&self, ids: &[i64]) -> Result<Vec<ListedGroup>> {
        let mut statement = self.connection.prepare_cached(&format!("SELECT {GROUP_COLUMNS} FROM groups g WHERE g.id = ?1"))?;
        let mut groups = Vec::with_capacity(ids.len());
        for id in ids {
            groups.extend(statement.query_row([id], group_of).optional()?);
        }
        Ok(groups)
    }

    /// Returns the first members of a group, keeper first, at most so many.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn listed_members(&self, group: i64, most: usize) -> Result<Vec<ListedMember>> {
        self.members_by("m.place", group, most)
    }

    /// The same, but where there are more than so many, those that nobody decided on come before the others.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn shown_members(&self, group: i64, most: usize) -> Result<Vec<ListedMember>> {
        let decided = "(SELECT g.members FROM groups g WHERE g.id = ?1) > ?2 AND m.place > 0 AND m.recorded IS NOT NULL";
        self.members_by(&format!("{decided}, m.place"), group, most)
    }

    fn members_by(&self, order: &str, group: i64, most: usize) -> Result<Vec<ListedMember>> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT m.group_id, m.asset_id, m.relation, m.verdict, m.recorded, m.is_bound, m.confidence, m.size_bytes, m.reasons, a.filename,
                    a.mime_type, c.content_hash
             FROM group_members m JOIN assets a ON a.id = m.asset_id LEFT JOIN contents c ON c.id = a.content_id
             WHERE m.group_id = ?1 ORDER BY {order} LIMIT ?2"
        ))?;
        let mut rows = statement.query(params![group, most as i64])?;
        let mut members = Vec::new();
        while let Some(row) = rows.next()? {
            let (relation, verdict, reasons): (String, String, String) = (row.get(2)?, row.get(3)?, row.get(8)?);
            let recorded: Option<String> = row.get(4)?;
            members.push(ListedMember {
                group: row.get(0)?,
                asset: AssetId(row.get(1)?),
                relation: Relation::from_name(&relation),
                verdict: verdict_of(&verdict)?,
                recorded: recorded.as_deref().and_then(Recorded::from_name),
                is_bound: row.get(5)?,
                confidence: row.get(6)?,
                size_bytes: row.get::<_, i64>(7)?.max(0) as u64,
                reasons: serde_json::from_str(&reasons)?,
                name: row.get(9)?,
                mime_type: row.get(10)?,
                content_hash: row.get(11)?,
            });
        }
        Ok(members)
    }

    /// Returns the number of the group that an asset stands in.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn group_of(&self, asset: AssetId) -> Result<Option<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT group_id FROM group_members WHERE asset_id = ?1")?;
        Ok(statement.query_row([asset.0], |row| row.get(0)).optional()?)
    }

    /// Returns a number that changes whenever any group does.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn epoch(&self) -> Result<i64> {
        Ok(self.setting("epoch")?.and_then(|text| text.parse().ok()).unwrap_or(0))
    }

    /// Returns a number that changes whenever another connection writes to the catalog.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn data_version(&self) -> Result<i64> {
        Ok(self.connection.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }

    /// Returns how many files are known, and how many of them wait to be read.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn count_waiting(&self) -> Result<(u64, u64)> {
        let sums = "SELECT count(*), coalesce(sum(outcome = 'pending'), 0) FROM ledger WHERE presence <> 'removed'";
        let (files, waiting): (i64, i64) = self.connection.prepare_cached(sums)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok((files.max(0) as u64, waiting.max(0) as u64))
    }

    /// Returns the keepers of all groups.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn keepers(&self) -> Result<Vec<i64>> {
        let mut statement = self.connection.prepare_cached("SELECT id FROM groups ORDER BY id")?;
        let ids = statement.query_map([], |row| row.get(0))?;
        Ok(ids.collect::<rusqlite::Result<_>>()?)
    }

    /// Returns the two ends of all edges.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn joined_pairs(&self) -> Result<Vec<(AssetId, AssetId)>> {
        let mut statement = self.connection.prepare_cached("SELECT a, b FROM evidence")?;
        let pairs = statement.query_map([], |row| Ok((AssetId(row.get(0)?), AssetId(row.get(1)?))))?;
        Ok(pairs.collect::<rusqlite::Result<_>>()?)
    }
}

pub(crate) fn verdict_of(name: &str) -> Result<Verdict> {
    [Verdict::Keep, Verdict::Remove, Verdict::Undecided]
        .into_iter()
        .find(|verdict| verdict.name() == name)
        .ok_or_else(|| Error::Damaged(format!("unknown verdict `{name}`")))
}
