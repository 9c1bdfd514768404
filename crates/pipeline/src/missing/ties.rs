//! What ties photos of one side to photos of the other: evidence from the catalog, and pairs that no scan has judged, judged now.

use super::policy::Tie;
use crate::Result;
use crate::detail::Details;
use crate::place::sides;
use crate::watch::{Stop, Watch};
use crate::weigh::{CatalogPictures, subject_of};
use catalog::{AssetRow, AssetSign, Catalog};
use matching::{Identity, Subject, identity, shot_name};
use model::{AssetId, DecodedFrom, Evidence, Presence, Proof, Relation};
use rustc_hash::FxHashMap;
use std::collections::HashMap;

/// Assets loaded whole, with what matching sees of them.
#[derive(Default)]
pub(crate) struct Loaded {
    rows: HashMap<AssetId, AssetRow>,
    subjects: HashMap<AssetId, Subject>,
}

impl Loaded {
    pub(crate) fn load(catalog: &Catalog, ids: &[AssetId]) -> Result<Self> {
        let rows = catalog.assets_of(ids)?;
        let subjects = rows.iter().filter_map(|row| Some((row.id, subject_of(row)?))).collect();
        Ok(Self { rows: rows.into_iter().map(|row| (row.id, row)).collect(), subjects })
    }

    pub(crate) fn row(&self, asset: AssetId) -> Option<&AssetRow> {
        self.rows.get(&asset)
    }

    /// Returns the tie from `mine` to `other`; `edge` is what evidence says of them.
    pub(crate) fn tie(&self, mine: AssetId, other: AssetId, edge: Option<&Evidence>) -> Option<Tie> {
        let (me, it) = (self.rows.get(&mine)?, self.rows.get(&other)?);
        let subjects = self.subjects.get(&mine).zip(self.subjects.get(&other));
        let identity = subjects.map_or(Identity::Unknown, |(a, b)| identity(a, b));
        let look = edge.and_then(|edge| match &edge.proof {
            Proof::Perceptual(look) => Some(look),
            _ => None,
        });
        let were_seen = subjects.is_some_and(|(a, b)| matching::is_eligible(a) && matching::is_eligible(b));
        let is_thumbnail =
            |row: &AssetRow| row.print.as_ref().and_then(|print| print.picture).is_some_and(|(_, _, from)| from == DecodedFrom::Thumbnail);
        Some(Tie {
            other,
            relation: edge.map(|edge| edge.relation),
            strict: edge.is_none_or(|edge| edge.strict),
            by_pixels: if edge.is_some() { look.is_some() } else { were_seen },
            by_thumbnail: is_thumbnail(me) || is_thumbnail(it),
            distance_bits: look.map(|look| look.distance_bits.0),
            identity,
            is_named_alike: !me.filename.is_empty() && shot_name(&me.filename) == shot_name(&it.filename),
            sides: [sides(me), sides(it)],
            format: it.print.as_ref().map_or("", |print| print.print.format.name()),
            note: edge.and_then(|edge| edge.notes.first().cloned()),
            may_be: None,
            is_trashed: it.trashed,
            is_offline: it.presence == Presence::Offline,
        })
    }

    /// Judges pairs that no scan has judged; returns the evidence by pair.
    pub(crate) fn judge(
        &self,
        catalog: &Catalog,
        pairs: &[(AssetId, AssetId)],
        watch: &dyn Watch,
        stop: &Stop,
    ) -> Result<FxHashMap<(AssetId, AssetId), Evidence>> {
        if pairs.is_empty() {
            return Ok(FxHashMap::default());
        }
        let rows: Vec<AssetRow> = self.rows.values().cloned().collect();
        let subjects: Vec<Subject> = self.subjects.values().cloned().collect();
        let pictures = CatalogPictures::open(catalog.path(), Details::of(&rows))?;
        let edges = matching::judge_pairs(pairs, &subjects, &pictures, &|done, _| {
            watch.reach(done, 0);
            !stop.asked()
        });
        pictures.outcome()?;
        Ok(edges.into_iter().map(|edge| ((edge.a, edge.b), edge)).collect())
    }
}

/// Seconds of a quarter of an hour, by whole numbers of which clocks of different zones differ, and the widest such difference.
const QUARTER_HOUR_S: i64 = 900;
const ZONES_APART_MAX_S: i64 = 26 * 3600;

/// What of the other side can be told by name or time alone: what has no picture to compare, and for what has none itself, all.
pub(crate) struct Nameless<'s> {
    signs: &'s [AssetSign],
    by_name: FxHashMap<String, Vec<usize>>,
    /// Of those without a picture.
    by_second: FxHashMap<i64, Vec<usize>>,
    /// How many have neither bytes nor a picture.
    pub(crate) listed: u64,
}

impl<'s> Nameless<'s> {
    pub(crate) fn of(signs: &'s [AssetSign]) -> Self {
        let mut nameless = Self { signs, by_name: FxHashMap::default(), by_second: FxHashMap::default(), listed: 0 };
        for (at, sign) in signs.iter().enumerate() {
            nameless.by_name.entry(shot_name(&sign.filename)).or_default().push(at);
            if let Some(second) = sign.taken_utc_seconds.filter(|_| !sign.has_picture) {
                nameless.by_second.entry(second).or_default().push(at);
            }
            nameless.listed += u64::from(!sign.has_picture && !sign.has_bytes);
        }
        nameless
    }

    /// Returns what is or may be `me` by name or time, where one of the two has no picture to compare.
    pub(crate) fn ties(&self, me: &AssetRow, my_picture: bool) -> Vec<Tie> {
        let name = shot_name(&me.filename);
        let taken = me.taken.map(|taken| taken.utc_seconds);
        let is_film = me.print.as_ref().is_some_and(|print| print.print.format.is_video());
        let is_listed = !my_picture && me.places.is_empty();
        let namesakes = self.by_name.get(&name).filter(|_| !name.is_empty()).into_iter().flatten();
        let mut ties: Vec<Tie> = namesakes
            .map(|&at| &self.signs[at])
            .filter(|sign| sign.is_film == is_film && (is_listed || !sign.has_picture))
            .filter_map(|sign| {
                let agree = taken.zip(sign.taken_utc_seconds).map(|(a, b)| {
                    let apart = a.abs_diff(b).cast_signed();
                    apart <= ZONES_APART_MAX_S && apart % QUARTER_HOUR_S == 0
                });
                let is_told = agree == Some(true) && (is_listed || !sign.has_picture && !sign.has_bytes) && of_one_size(me, sign);
                match (agree, is_told) {
                    (_, true) => Some(told(me, sign)),
                    (Some(false), false) => None,
                    (_, false) => Some(may_be(me, sign, "has its name, and there is nothing to compare")),
                }
            })
            .collect();
        if ties.is_empty() && !is_listed {
            let same_second = taken.and_then(|second| self.by_second.get(&second)).into_iter().flatten().map(|&at| &self.signs[at]);
            let same_second = same_second.filter(|sign| sign.is_film == is_film);
            ties.extend(
                same_second.take(1).map(|sign| may_be(me, sign, "was taken in the same second, and cannot be compared as a picture")),
            );
        }
        ties
    }
}

fn of_one_size(me: &AssetRow, sign: &AssetSign) -> bool {
    let mine = sides(me);
    let sorted = |(width, height): (u32, u32)| (width.max(height), width.min(height));
    mine == (0, 0) || sign.sides.is_none_or(|other| sorted(other) == sorted(mine))
}

fn told(me: &AssetRow, sign: &AssetSign) -> Tie {
    let note = "name, time and size agree; no pixels to compare".to_owned();
    Tie { identity: Identity::Shot, relation: Some(Relation::SameShot), note: Some(note), may_be: None, ..may_be(me, sign, "") }
}

fn may_be(me: &AssetRow, sign: &AssetSign, why: &str) -> Tie {
    Tie {
        other: sign.asset,
        relation: None,
        strict: false,
        by_pixels: false,
        by_thumbnail: false,
        distance_bits: None,
        identity: Identity::Unknown,
        is_named_alike: false,
        sides: [sides(me), sign.sides.unwrap_or_default()],
        format: "",
        note: None,
        may_be: Some(why.to_owned()),
        is_trashed: sign.trashed,
        is_offline: sign.presence == Presence::Offline,
    }
}
