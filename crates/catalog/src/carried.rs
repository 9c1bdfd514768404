//! Rows of `carried`: what keepers gained from copies that were removed. Found again by the keeper's bytes, so that scans do not lose it.

use crate::{AssetRow, Catalog, Error, Result};
use model::{AssetId, CARRIED_TIME, CaptureTime, ContentHash, GeoPoint, Instant};
use rusqlite::params;

/// One fact that a keeper gained.
#[derive(Debug, Clone, PartialEq)]
pub enum CarriedFact {
    /// An album's title.
    Album(String),
    /// Marked as a favourite.
    Favourite,
    /// The caption.
    Caption(String),
    /// The title.
    Title(String),
    /// A person's name.
    Person(String),
    /// A keyword.
    Keyword(String),
    /// Stars, 1 to 5, or -1 for rejected.
    Rating(i8),
    /// Where it was taken.
    Place(GeoPoint),
    /// When it was taken.
    Taken(CaptureTime),
}

impl CarriedFact {
    /// Returns the stable name of its kind, as stored.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Album(_) => "album",
            Self::Favourite => "favourite",
            Self::Caption(_) => "caption",
            Self::Title(_) => "title",
            Self::Person(_) => "person",
            Self::Keyword(_) => "keyword",
            Self::Rating(_) => "rating",
            Self::Place(_) => "place",
            Self::Taken(_) => "taken",
        }
    }

    /// Returns its value as text, as stored: empty for a favourite, JSON for place and time.
    #[must_use]
    pub fn value(&self) -> String {
        match self {
            Self::Album(text) | Self::Caption(text) | Self::Title(text) | Self::Person(text) | Self::Keyword(text) => text.clone(),
            Self::Favourite => String::new(),
            Self::Rating(stars) => stars.to_string(),
            Self::Place(place) => serde_json::to_string(place).unwrap_or_default(),
            Self::Taken(taken) => serde_json::to_string(taken).unwrap_or_default(),
        }
    }

    /// Returns it in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Favourite => "a favourite".to_owned(),
            Self::Album(text) | Self::Caption(text) | Self::Title(text) | Self::Person(text) | Self::Keyword(text) => {
                format!("{} “{text}”", self.kind())
            }
            Self::Rating(-1) => "rejected".to_owned(),
            Self::Rating(stars) => format!("rating {stars}"),
            Self::Place(place) => format!("place {:.4}, {:.4}", place.latitude, place.longitude),
            Self::Taken(_) => "time of taking".to_owned(),
        }
    }

    fn read(kind: &str, value: String) -> Result<Self> {
        Ok(match kind {
            "album" => Self::Album(value),
            "favourite" => Self::Favourite,
            "caption" => Self::Caption(value),
            "title" => Self::Title(value),
            "person" => Self::Person(value),
            "keyword" => Self::Keyword(value),
            "rating" => Self::Rating(value.parse().map_err(|_| Error::Damaged(format!("a carried rating `{value}`")))?),
            "place" => Self::Place(serde_json::from_str(&value)?),
            "taken" => Self::Taken(serde_json::from_str(&value)?),
            other => return Err(Error::Damaged(format!("unknown kind `{other}` of what was carried"))),
        })
    }

    /// Lets an asset have it. A single fact that its source tells by now stays.
    fn give(self, asset: &mut AssetRow) {
        let add = |list: &mut Vec<String>, text: &String| {
            if let Err(at) = list.binary_search(text) {
                list.insert(at, text.clone());
            }
        };
        let metadata = asset.print.as_mut().map(|row| &mut row.print.metadata);
        match &self {
            Self::Album(title) => add(&mut asset.albums, title),
            Self::Person(name) => add(&mut asset.people, name),
            Self::Favourite => asset.favourite = true,
            Self::Caption(text) if asset.caption.as_ref().is_none_or(|own| own.trim().is_empty()) => asset.caption = Some(text.clone()),
            Self::Keyword(word) => {
                metadata.into_iter().filter(|metadata| !metadata.keywords.contains(word)).for_each(|m| m.keywords.push(word.clone()));
            }
            Self::Rating(stars) => {
                metadata.into_iter().for_each(|metadata| metadata.rating = metadata.rating.or(u8::try_from(*stars).ok()));
            }
            Self::Place(place) => asset.place = asset.place.or(Some(*place)),
            Self::Taken(taken) => {
                asset.taken = Some(Instant {
                    utc_seconds: taken.local_seconds - i64::from(taken.offset_minutes.unwrap_or(0)) * 60,
                    nanos: taken.subsecond.map_or(0, |fraction| fraction.nanos),
                    offset_minutes: taken.offset_minutes,
                    source: taken.source,
                    why: CARRIED_TIME,
                });
            }
            Self::Caption(_) | Self::Title(_) => {}
        }
        asset.carried.push(self);
    }
}

impl Catalog {
    /// Keeps what a keeper of these bytes gains from a unit of a run. Keeping it twice changes nothing.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn carry(&self, run: &str, unit: u64, keeper: (AssetId, ContentHash), facts: &[CarriedFact]) -> Result<()> {
        let mut insert = self.connection.prepare_cached(
            "INSERT INTO carried VALUES (?1, ?2, ?3, (SELECT payload_hash FROM contents WHERE content_hash = ?3), ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
        )?;
        for fact in facts {
            insert.execute(params![run, unit as i64, &keeper.1.0[..], keeper.0.0, fact.kind(), fact.value()])?;
        }
        Ok(())
    }

    /// Takes back what a unit of a run carried.
    ///
    /// # Errors
    /// The catalog's own.
    pub fn take_back_carried(&self, run: &str, unit: u64) -> Result<()> {
        self.connection.prepare_cached("DELETE FROM carried WHERE run = ?1 AND unit = ?2")?.execute(params![run, unit as i64])?;
        Ok(())
    }

    /// Gives these assets what was carried to them; they are all, or those in `temp.wanted`.
    pub(crate) fn add_carried(&self, assets: &mut [AssetRow], are_wanted: bool) -> Result<()> {
        if !self.connection.prepare_cached("SELECT 1 FROM carried LIMIT 1")?.exists([])? {
            return Ok(());
        }
        let is_own = "k.keeper_id = a.id AND (k.keeper_content = c.content_hash OR k.keeper_payload = c.payload_hash)";
        let is_heir = "k.keeper_content = c.content_hash AND k.keeper_id <> a.id AND NOT EXISTS (
            SELECT 1 FROM assets own JOIN contents oc ON oc.id = own.content_id WHERE own.id = k.keeper_id AND own.presence <> 'removed'
            AND (k.keeper_content = oc.content_hash OR k.keeper_payload = oc.payload_hash))";
        // CROSS JOIN keeps SQLite from walking the wrong table first.
        let from = |by: &str| match are_wanted {
            true => "temp.wanted w CROSS JOIN assets a ON a.id = w.id CROSS JOIN contents c ON c.id = a.content_id CROSS JOIN carried k"
                .to_owned(),
            false if by == is_own => "carried k CROSS JOIN assets a CROSS JOIN contents c ON c.id = a.content_id".to_owned(),
            false => {
                "carried k CROSS JOIN contents c ON c.content_hash = k.keeper_content CROSS JOIN assets a ON a.content_id = c.id".to_owned()
            }
        };
        let part = |by: &str| {
            format!("SELECT a.id AS asset, k.kind AS kind, k.value AS value FROM {} WHERE {by} AND a.presence <> 'removed'", from(by))
        };
        let mut statement = self.connection.prepare_cached(&format!("{} UNION {} ORDER BY 1, 2, 3", part(is_own), part(is_heir)))?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if let Ok(at) = assets.binary_search_by_key(&AssetId(row.get(0)?), |asset| asset.id) {
                let kind: String = row.get(1)?;
                CarriedFact::read(&kind, row.get(2)?)?.give(&mut assets[at]);
            }
        }
        Ok(())
    }
}
