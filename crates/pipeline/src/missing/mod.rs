//! Which photos of some sources are not in others, how sure that is, and what is nearest to each; both ways between a folder, a Takeout
//! export and what Google lists.
//!
//! In the order of proof: bytes (content hash, SHA-1), payload, then what the catalog holds of evidence; then what no scan has judged, since
//! proposals are bounded in a crowd (`matching::propose_across`); then names and times of what has no picture. When something counts as
//! being there is `policy`.
//!
//! Memory: hashes and a slim row of each asset, and some thousand whole assets at a time; no picture but those that are compared.

mod answer;
mod bytes;
mod ignore;
mod policy;
mod ties;

pub use answer::{MissingAnswer, MissingFilter, MissingRow, MissingState, MissingSums, NearestRow, missing_csv};
pub use ignore::{Ignored, ignore, ignore_no_more};
pub use policy::Sure;

use crate::watch::{Phase, Stop, Watch};
use crate::weigh::{EVIDENCE_RECIPE, subject_of};
use crate::{Error, Result};
use answer::row_of;
use bytes::{ByWhat, Held, Shelf};
use catalog::{AssetRow, AssetSign, Catalog};
use matching::{Signature, propose_across};
use model::{AssetId, Presence, Relation, Source, SourceId};
use policy::{Comparable, Standing, Tie, Worth};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::{BTreeSet, HashSet};
use ties::{Loaded, Nameless};

/// Assets of one side that are loaded whole at a time, beside those that are near them.
const LOADED_AT_A_TIME: usize = 2048;

/// Photos that are not there by bytes, with what ties them all the same, by asset.
type Rest = Vec<(AssetId, Vec<Tie>)>;
/// Pairs, the lower asset first.
type Pairs = FxHashSet<(AssetId, AssetId)>;

/// What is looked for, and where.
#[derive(Debug, Clone, Default)]
pub struct MissingOptions {
    /// Names of the sources whose photos are looked for.
    pub from: Vec<String>,
    /// Names of the sources in which they are looked for.
    pub against: Vec<String>,
    /// Only the same bytes or coded picture, or the same picture at least as large, counts as being there.
    pub originals: bool,
}

/// Looks for the photos of some sources in others.
///
/// # Errors
/// [`Error::User`] for sources that are unknown or on both sides, [`Error::Interrupted`], [`Error::Catalog`].
pub fn find_missing(catalog: &Catalog, options: &MissingOptions, watch: &dyn Watch, stop: &Stop) -> Result<MissingAnswer> {
    catalog.at_one_moment(|| Search::begin(catalog, options, watch, stop)?.run())
}

/// Returns the sources of these names.
fn sources_named(catalog: &Catalog, names: &[String]) -> Result<Vec<Source>> {
    if names.is_empty() {
        return Err(Error::user("no source is named", "`lookalike sources list` shows them"));
    }
    let mut sources = Vec::new();
    for name in names {
        let source = catalog.source_named(name)?;
        if !sources.iter().any(|known: &Source| known.id == source.id) {
            sources.push(source);
        }
    }
    Ok(sources)
}

fn ids(sources: &[Source]) -> Vec<SourceId> {
    sources.iter().map(|source| source.id).collect()
}

/// Returns the signs of some sources, by asset.
fn signs(catalog: &Catalog, sources: &[SourceId]) -> Result<Vec<AssetSign>> {
    let mut signs = Vec::new();
    for source in sources {
        signs.extend(catalog.signs_of(*source)?);
    }
    signs.sort_unstable_by_key(|sign| sign.asset);
    Ok(signs)
}

/// A search on its way.
struct Search<'s> {
    catalog: &'s Catalog,
    options: &'s MissingOptions,
    watch: &'s dyn Watch,
    stop: &'s Stop,
    from: Vec<Source>,
    against: Vec<Source>,
    /// Photos looked for, by asset.
    mine: Vec<AssetSign>,
    /// Those on the other side, by asset.
    theirs: Vec<AssetSign>,
    /// Why nothing on the other side is whole, where it is not.
    incomplete: Option<String>,
    answer: MissingAnswer,
}

impl<'s> Search<'s> {
    fn begin(catalog: &'s Catalog, options: &'s MissingOptions, watch: &'s dyn Watch, stop: &'s Stop) -> Result<Self> {
        let (from, against) = (sources_named(catalog, &options.from)?, sources_named(catalog, &options.against)?);
        if let Some(both) = from.iter().find(|source| against.iter().any(|other| other.id == source.id)) {
            return Err(Error::user(format!("`{}` is on both sides", both.name), "name it on one side only"));
        }
        let (mine, theirs) = (signs(catalog, &ids(&from))?, signs(catalog, &ids(&against))?);
        let names = |sources: &[Source]| sources.iter().map(|source| source.name.clone()).collect();
        let answer = MissingAnswer { version: 1, from: names(&from), but_not_in: names(&against), ..MissingAnswer::default() };
        let mut search = Self { catalog, options, watch, stop, from, against, mine, theirs, incomplete: None, answer };
        search.answer.sums.looked_for = search.mine.len() as u64;
        search.see_what_waits()?;
        Ok(search)
    }

    /// Notes what no answer can tell of, since it was not read yet.
    fn see_what_waits(&mut self) -> Result<()> {
        let changed = self.catalog.sources_to_assemble()?;
        for source in self.from.iter().chain(&self.against) {
            let waiting = self.catalog.waiting_in(source.id)?;
            if waiting == 0 && !changed.contains(&source.id) {
                continue;
            }
            let what = if waiting > 0 { format!("{waiting} files were not read yet") } else { "its last scan ended early".to_owned() };
            let words = format!("`{}` is not known whole: {what}; `lookalike scan` goes on", source.name);
            if self.against.iter().any(|other| other.id == source.id) {
                self.incomplete.get_or_insert_with(|| words.clone());
            }
            self.answer.notes.push(words);
        }
        Ok(())
    }

    fn run(mut self) -> Result<MissingAnswer> {
        self.watch.begin(Phase::Match, None, None);
        let left = self.by_bytes()?;
        self.check_stop()?;
        let (left, known) = self.by_evidence(left)?;
        self.by_comparing(&left, known)?;
        self.finish()?;
        Ok(self.answer)
    }

    fn check_stop(&self) -> Result<()> {
        if self.stop.asked() { Err(Error::Interrupted) } else { Ok(()) }
    }

    fn source_name(&self, id: SourceId) -> &str {
        self.from.iter().chain(&self.against).find(|source| source.id == id).map_or("", |source| source.name.as_str())
    }

    fn their_sign(&self, asset: AssetId) -> Option<&AssetSign> {
        self.theirs.binary_search_by_key(&asset, |sign| sign.asset).ok().map(|at| &self.theirs[at])
    }

    /// Tells who is there by bytes or payload; returns the others.
    fn by_bytes(&mut self) -> Result<Vec<AssetId>> {
        let shelf = Shelf::fill(self.catalog, &ids(&self.against), &self.theirs)?;
        let held = bytes::held(self.catalog, &ids(&self.from), &shelf)?;
        let mut left = Vec::new();
        let mut in_part: Vec<(AssetId, Held)> = Vec::new();
        for sign in &self.mine {
            match held.get(&sign.asset) {
                None => left.push(sign.asset),
                Some(held) => {
                    self.answer.sums.only_offline += u64::from(held.holder.is_offline);
                    self.answer.sums.only_in_trash += u64::from(held.holder.is_trashed);
                    if held.holder.is_trashed || held.lacks_movie {
                        in_part.push((sign.asset, *held));
                    } else {
                        self.answer.sums.same += 1;
                    }
                }
            }
        }
        for some in in_part.chunks(LOADED_AT_A_TIME) {
            let rows = self.catalog.assets_of(&some.iter().map(|(asset, _)| *asset).collect::<Vec<_>>())?;
            for (row, (_, held)) in rows.iter().zip(some) {
                let relation = if held.by == ByWhat::Bytes { Relation::Identical } else { Relation::SamePixels };
                let mut words = Vec::new();
                words.extend(held.holder.is_trashed.then(|| "it is there, in Google's trash only".to_owned()));
                words.extend(held.lacks_movie.then(|| "it is there without its live movie".to_owned()));
                let tie = bare_tie(held.holder.asset, relation, held.holder.is_trashed, held.holder.is_offline);
                // The bytes are there, so that this is no loss of an original.
                self.add_derived(row, &tie, relation, words, Worth::AsLarge);
            }
        }
        Ok(left)
    }

    /// Reads the evidence between the sides; returns who is not there by it, with what ties them all the same, and the pairs it tells of.
    fn by_evidence(&mut self, left: Vec<AssetId>) -> Result<(Rest, Pairs)> {
        let (mut rest, mut known) = (Rest::new(), Pairs::default());
        let against = ids(&self.against);
        for some in left.chunks(LOADED_AT_A_TIME) {
            self.check_stop()?;
            let edges = self.catalog.evidence_into(some, &against)?;
            let mut wanted: Vec<AssetId> = edges.iter().flat_map(|edge| [edge.a, edge.b]).collect();
            wanted.sort_unstable();
            wanted.dedup();
            let loaded = Loaded::load(self.catalog, &wanted)?;
            let parted = self.catalog.recorded_on(Some(&wanted))?;
            let mut ties: FxHashMap<AssetId, Vec<Tie>> = FxHashMap::default();
            for edge in &edges {
                let mine = if self.their_sign(edge.a).is_some() { edge.b } else { edge.a };
                let Some(other) = edge.other(mine) else { continue };
                known.insert((edge.a, edge.b));
                if !parted.are_parted(edge.a, edge.b) {
                    ties.entry(mine).or_default().extend(loaded.tie(mine, other, Some(edge)));
                }
            }
            for asset in some {
                let ties = ties.remove(asset).unwrap_or_default();
                let standing = policy::weigh(&Comparable::Whole, &ties);
                match (&standing, loaded.row(*asset)) {
                    (Standing::There { .. }, Some(row)) => self.add(row, standing, &ties),
                    _ => rest.push((*asset, ties)),
                }
            }
        }
        Ok((rest, known))
    }

    /// Compares the rest with all that is on the other side, as far as no scan did, and tells how each stands.
    fn by_comparing(&mut self, rest: &[(AssetId, Vec<Tie>)], known: Pairs) -> Result<()> {
        if rest.is_empty() {
            return Ok(());
        }
        let (mut ours, mut others): (Vec<Signature>, Vec<Signature>) = (Vec::new(), Vec::new());
        self.catalog.each_signature(|asset, bytes| {
            let some = bytes.chunks(Signature::LENGTH).filter_map(Signature::from_bytes);
            if rest.binary_search_by_key(&asset, |(id, _)| *id).is_ok() {
                ours.extend(some);
            } else if self.their_sign(asset).is_some() {
                others.extend(some);
            }
        })?;
        let across = propose_across(&ours, &others, &|done, _| {
            self.watch.reach(done, 0);
            !self.stop.asked()
        });
        self.check_stop()?;
        let signed: HashSet<AssetId> = ours.iter().map(Signature::asset).collect();
        drop((ours, others));
        let mut pairs: Vec<(AssetId, AssetId)> = across
            .pairs
            .into_iter()
            .map(|(a, b)| if self.their_sign(b).is_some() { (a, b) } else { (b, a) })
            .filter(|(mine, other)| !known.contains(&(*mine.min(other), *mine.max(other))))
            .collect();
        pairs.sort_unstable();
        let theirs = std::mem::take(&mut self.theirs);
        let nameless = Nameless::of(&theirs);
        self.watch.begin(Phase::Match, Some(rest.len() as u64), None);
        for (at, some) in rest.chunks(LOADED_AT_A_TIME).enumerate() {
            self.check_stop()?;
            self.watch.reach((at * LOADED_AT_A_TIME) as u64, 0);
            let (first, last) = (some[0].0, some[some.len() - 1].0);
            let mine = &pairs[pairs.partition_point(|pair| pair.0 < first)..pairs.partition_point(|pair| pair.0 <= last)];
            self.compare_some(some, mine, &nameless, &across.crowded, &signed)?;
        }
        self.theirs = theirs;
        Ok(())
    }

    fn compare_some(
        &mut self,
        some: &[(AssetId, Vec<Tie>)],
        pairs: &[(AssetId, AssetId)],
        nameless: &Nameless<'_>,
        crowded: &BTreeSet<AssetId>,
        signed: &HashSet<AssetId>,
    ) -> Result<()> {
        let mut wanted: Vec<AssetId> = some.iter().map(|(asset, _)| *asset).chain(pairs.iter().map(|pair| pair.1)).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let loaded = Loaded::load(self.catalog, &wanted)?;
        let parted = self.catalog.recorded_on(Some(&wanted))?;
        let sorted: Vec<(AssetId, AssetId)> = pairs.iter().map(|(mine, other)| (*mine.min(other), *mine.max(other))).collect();
        let edges = loaded.judge(self.catalog, &sorted, self.watch, self.stop)?;
        self.check_stop()?;
        for (asset, evident) in some {
            let Some(row) = loaded.row(*asset) else { continue };
            let mut ties = evident.clone();
            let own = &pairs[pairs.partition_point(|pair| pair.0 < *asset)..pairs.partition_point(|pair| pair.0 <= *asset)];
            for (_, other) in own.iter().filter(|(_, other)| !parted.are_parted(*asset, *other)) {
                let edge = edges.get(&(*asset.min(other), *asset.max(other)));
                ties.extend(loaded.tie(*asset, *other, edge));
            }
            let has_picture = self.mine.binary_search_by_key(asset, |sign| sign.asset).is_ok_and(|at| self.mine[at].has_picture);
            ties.extend(nameless.ties(row, has_picture));
            let comparable = comparable(row, has_picture, signed.contains(asset));
            let mut standing = policy::weigh(&comparable, &ties);
            if let Standing::Missing { sure, words, .. } = &mut standing {
                let mut doubt = |holds: bool, why: &str| {
                    if holds {
                        *sure = Sure::Unsure;
                        words.push(why.to_owned());
                    }
                };
                doubt(crowded.contains(asset), "more photos are near it than were compared");
                doubt(
                    row.taken.is_none() && nameless.listed > 0,
                    "it tells no time of taking, and some that Google lists have neither bytes nor a picture to compare",
                );
                if let Some(why) = &self.incomplete {
                    doubt(true, why);
                }
            }
            self.add(row, standing, &ties);
        }
        Ok(())
    }

    /// Adds how a photo stands.
    fn add(&mut self, row: &AssetRow, standing: Standing, ties: &[Tie]) {
        match standing {
            Standing::There { tie, worth, relation, mut words } => {
                let tie = &ties[tie];
                self.answer.sums.only_offline += u64::from(tie.is_offline);
                self.answer.sums.only_in_trash += u64::from(tie.is_trashed);
                if tie.is_trashed {
                    words += ", in Google's trash only";
                }
                self.add_derived(row, tie, relation, vec![words], worth);
            }
            Standing::Missing { sure, nearest, words } => self.add_missing(row, sure, words, nearest.map(|at| &ties[at])),
        }
    }

    fn add_derived(&mut self, row: &AssetRow, tie: &Tie, relation: Relation, mut words: Vec<String>, worth: Worth) {
        if self.options.originals && worth == Worth::Derived {
            return self.add_missing(row, Sure::Likely, words, Some(&Tie { relation: Some(relation), ..tie.clone() }));
        }
        if tie.is_offline {
            words.push("its drive or archive is away now".to_owned());
        }
        self.answer.sums.derived += 1;
        *self.answer.sums.derived_by_relation.entry(relation.name()).or_default() += 1;
        let mut row = row_of(row, self.source_name(row.source), MissingState::Derived, None, words);
        row.nearest = Some(nearest(tie, Some(relation)));
        self.answer.rows.push(row);
    }

    fn add_missing(&mut self, row: &AssetRow, sure: Sure, mut words: Vec<String>, near: Option<&Tie>) {
        if words.is_empty() {
            words.push("nothing is near it".to_owned());
        }
        if row.trashed {
            words.push("it is in Google's trash".to_owned());
        }
        let mut row = row_of(row, self.source_name(row.source), MissingState::Missing, Some(sure), words);
        row.nearest = near.map(|tie| nearest(tie, tie.relation));
        self.answer.rows.push(row);
    }

    /// Fills in what is known only at the end: paths of what is nearest, what is ignored, sums, order.
    fn finish(&mut self) -> Result<()> {
        let mut rows = std::mem::take(&mut self.answer.rows);
        let near: BTreeSet<AssetId> = rows.iter().filter_map(|row| Some(AssetId(row.nearest.as_ref()?.asset))).collect();
        let near: Vec<AssetId> = near.into_iter().collect();
        let mut places: FxHashMap<i64, (String, SourceId)> = FxHashMap::default();
        for some in near.chunks(LOADED_AT_A_TIME) {
            places.extend(self.catalog.assets_of(some)?.iter().map(|row| (row.id.0, (crate::shown_path(row), row.source))));
        }
        let ignored = self.catalog.ignored()?;
        if !ignored.is_empty() {
            let missing: Vec<AssetId> = rows.iter().filter(|row| row.sure.is_some()).map(|row| AssetId(row.asset)).collect();
            let names = self.catalog.names_of_photos(&missing)?;
            let gone: FxHashSet<i64> = names.into_iter().filter(|(_, name)| ignored.contains(name)).map(|(asset, _)| asset.0).collect();
            rows.iter_mut().for_each(|row| row.ignored = gone.contains(&row.asset));
        }
        for row in &mut rows {
            if let Some(near) = &mut row.nearest
                && let Some((path, source)) = places.get(&near.asset)
            {
                near.path.clone_from(path);
                self.source_name(*source).clone_into(&mut near.source);
            }
            let sums = &mut self.answer.sums;
            match row.sure {
                Some(_) if row.ignored => sums.ignored += 1,
                Some(sure) => {
                    sums.missing += 1;
                    sums.missing_bytes += row.size_bytes;
                    sums.missing_trashed += u64::from(row.trashed);
                    *match sure {
                        Sure::Certain => &mut sums.certain,
                        Sure::Likely => &mut sums.likely,
                        Sure::Unsure => &mut sums.unsure,
                    } += 1;
                }
                None => {}
            }
        }
        rows.sort_by(|a, b| (a.state, a.sure, &a.path, a.asset).cmp(&(b.state, b.sure, &b.path, b.asset)));
        self.answer.rows = rows;
        let blind = self.theirs.iter().filter(|sign| !sign.has_picture).count();
        if blind > 0 {
            let note = format!(
                "{blind} photos and films there have no picture that could be compared, and were looked for by bytes, facts and names"
            );
            self.answer.notes.push(note);
        }
        let offline = self.theirs.iter().filter(|sign| sign.presence == Presence::Offline).count();
        if offline > 0 {
            self.answer.notes.push(format!("{offline} photos there lie where the drive or archive is away now; they count as being there"));
        }
        let searched = self.catalog.crops_searched(EVIDENCE_RECIPE)?;
        if self.mine.iter().chain(&self.theirs).any(|sign| sign.has_picture && !sign.is_film && !searched.contains(&sign.asset)) {
            let note = "crops were not searched yet, so that a cropped copy may not have been found; `lookalike scan --with cropped` searches them";
            self.answer.notes.push(note.to_owned());
        }
        Ok(())
    }
}

/// Returns a tie of bytes.
fn bare_tie(other: AssetId, relation: Relation, is_trashed: bool, is_offline: bool) -> Tie {
    Tie {
        other,
        relation: Some(relation),
        strict: true,
        by_pixels: false,
        by_thumbnail: false,
        distance_bits: None,
        identity: matching::Identity::Unknown,
        is_named_alike: false,
        sides: [(0, 0); 2],
        format: "",
        note: None,
        may_be: None,
        is_trashed,
        is_offline,
    }
}

fn nearest(tie: &Tie, relation: Option<Relation>) -> NearestRow {
    NearestRow {
        asset: tie.other.0,
        path: String::new(),
        source: String::new(),
        relation,
        distance_bits: tie.distance_bits,
        trashed: tie.is_trashed,
        offline: tie.is_offline,
    }
}

/// Returns how much of a photo there is to compare.
fn comparable(row: &AssetRow, has_picture: bool, is_signed: bool) -> Comparable {
    if row.size_bytes == 0 && !row.places.is_empty() {
        return Comparable::Nothing("the file is empty".to_owned());
    }
    let Some(print) = &row.print else {
        return Comparable::Nothing("it was not read; `lookalike status --ledger --problems` tells why".to_owned());
    };
    if !is_signed {
        return Comparable::Nothing("no scan has compared it yet; `lookalike scan` does".to_owned());
    }
    if row.places.is_empty() {
        return if has_picture { Comparable::SmallPicture } else { Comparable::Facts };
    }
    let Some(subject) = subject_of(row) else {
        return Comparable::Nothing("only its head was read by a quick scan; `lookalike scan` reads it whole".to_owned());
    };
    if matching::is_eligible(&subject) || subject.format.is_video() && has_picture {
        return Comparable::Whole;
    }
    Comparable::Bytes(match &print.print.undecoded {
        Some(why) => why.clone(),
        None if subject.format.is_video() => "its frames cannot be decoded".to_owned(),
        None if subject.frames > 1 => "it has several frames or pages".to_owned(),
        None => "it is too plain a picture".to_owned(),
    })
}
