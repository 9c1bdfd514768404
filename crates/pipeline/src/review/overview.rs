//! What was scanned, what was found, how far the review is, and what lists can be filtered by.

use super::list::rows_of;
use super::{FilterChoices, ListQuery, Overview, Progress, RelationSum, Review, YearSum, locked};
use crate::Result;
use crate::records::bit;
use crate::scan::CauseCount;
use catalog::{Catalog, MemberSum, YearOfGroups};
use model::{Relation, Verdict};

/// Groups listed that free most.
const WINS_SHOWN: usize = 8;
/// Most cameras and albums offered as filters.
const CAMERAS_MAX: usize = 200;
const ALBUMS_MAX: usize = 1000;

impl Review {
    /// Returns the overview. Sums over files are taken anew only where another program wrote, sums over groups only where one changed.
    ///
    /// # Errors
    /// [`crate::Error::Catalog`].
    pub fn overview(&self) -> Result<Overview> {
        let heard = self.hear()?;
        let held = locked(&self.overview).clone();
        let files = match held {
            Some((others, overview)) if others == heard.others && overview.epoch == heard.epoch => return Ok(overview),
            Some((others, overview)) if others == heard.others => Some(overview),
            _ => None,
        };
        let overview = self.reading(|catalog| {
            let (members, years) = (catalog.sum_members()?, catalog.sum_years()?);
            let most = self.view(catalog, &ListQuery::default())?;
            let wins: Vec<i64> = most.groups.iter().take(WINS_SHOWN).map(|(_, id)| *id).collect();
            let mut wins = rows_of(catalog, &wins)?;
            wins.retain(|group| group.removals > 0);
            let files = files.map_or_else(|| of_files(catalog), Ok)?;
            Ok(Overview {
                relations: by_relation(&members, &catalog.sum_relations()?),
                progress: progress(&members, &years, catalog.count_parted()?),
                years: by_year(years),
                wins,
                epoch: catalog.epoch()?,
                ..files
            })
        })?;
        *locked(&self.overview) = Some((heard.others, overview.clone()));
        Ok(overview)
    }

    /// Returns what lists can be filtered by; computed anew only where a group changed since.
    ///
    /// # Errors
    /// [`crate::Error::Catalog`].
    pub fn choices(&self) -> Result<FilterChoices> {
        self.reading(|catalog| {
            let epoch = catalog.epoch()?;
            if let Some((_, held)) = locked(&self.choices).as_ref().filter(|(of, _)| *of == epoch) {
                return Ok(held.clone());
            }
            let choices = choices(catalog)?;
            *locked(&self.choices) = Some((epoch, choices.clone()));
            Ok(choices)
        })
    }
}

/// Returns an overview of files and sources, without groups.
fn of_files(catalog: &Catalog) -> Result<Overview> {
    let (tally, causes) = catalog.tally(None)?;
    let sources = crate::manage::list(catalog)?;
    Ok(Overview {
        catalog: catalog.path().display().to_string(),
        tally,
        causes: CauseCount::list(causes),
        undecoded: catalog.undecoded_by_format()?,
        assets: sources.iter().map(|source| source.assets).sum(),
        sources,
        relations: Vec::new(),
        progress: Progress::default(),
        years: Vec::new(),
        wins: Vec::new(),
        epoch: 0,
    })
}

fn choices(catalog: &Catalog) -> Result<FilterChoices> {
    let held = catalog.sum_relations()?.iter().fold(0, |bits, (relations, _)| bits | relations);
    let mut years: Vec<i16> = catalog.sum_years()?.iter().filter_map(|sum| sum.year).collect();
    years.dedup();
    Ok(FilterChoices {
        sources: catalog.sources_of_groups()?,
        cameras: catalog.cameras_of_groups(CAMERAS_MAX)?,
        albums: catalog.albums_of_groups(ALBUMS_MAX)?,
        relations: Relation::ALL.iter().filter(|relation| held & bit(**relation) != 0).map(|relation| relation.name()).collect(),
        years,
    })
}

fn by_relation(members: &[MemberSum], groups: &[(u32, u64)]) -> Vec<RelationSum> {
    let of = |relation: Relation| {
        let sums = || members.iter().filter(move |sum| sum.relation == relation);
        let removals = || sums().filter(|sum| sum.verdict == Verdict::Remove);
        RelationSum {
            relation: relation.name(),
            groups: groups.iter().filter(|(relations, _)| relations & bit(relation) != 0).map(|(_, groups)| groups).sum(),
            members: sums().map(|sum| sum.members).sum(),
            size_bytes: sums().map(|sum| sum.size_bytes).sum(),
            removals: removals().map(|sum| sum.members).sum(),
            removals_bytes: removals().map(|sum| sum.size_bytes).sum(),
            decided: sums().filter(|sum| sum.is_decided).map(|sum| sum.members).sum(),
        }
    };
    Relation::ALL.iter().map(|relation| of(*relation)).filter(|sum| sum.members > 0).collect()
}

fn progress(members: &[MemberSum], years: &[YearOfGroups], not_the_same: u64) -> Progress {
    let in_state = |state: u8| years.iter().filter(|sum| sum.state == state).map(|sum| sum.groups).sum();
    let sum = |wanted: &dyn Fn(&MemberSum) -> bool| {
        members.iter().filter(|sum| wanted(sum)).fold((0, 0), |all, sum| (all.0 + sum.members, all.1 + sum.size_bytes))
    };
    let (removals, removals_bytes) = sum(&|sum| sum.verdict == Verdict::Remove);
    let (decided_removals, decided_bytes) = sum(&|sum| sum.verdict == Verdict::Remove && sum.is_decided);
    let (undecided, undecided_bytes) = sum(&|sum| sum.verdict == Verdict::Undecided && !sum.is_bound);
    Progress {
        groups: years.iter().map(|sum| sum.groups).sum(),
        open: in_state(0),
        decided: in_state(1),
        settled: in_state(2),
        removals,
        removals_bytes,
        decided_removals,
        decided_bytes,
        undecided,
        undecided_bytes,
        not_the_same,
    }
}

fn by_year(sums: Vec<YearOfGroups>) -> Vec<YearSum> {
    let mut years: Vec<YearSum> = Vec::new();
    for sum in sums {
        let of_year = match years.last_mut() {
            Some(last) if last.year == sum.year => last,
            _ => {
                years.push(YearSum { year: sum.year, groups: 0, removals: 0, removals_bytes: 0 });
                years.last_mut().expect("one was put there just now")
            }
        };
        of_year.groups += sum.groups;
        of_year.removals += sum.removals;
        of_year.removals_bytes += sum.removals_bytes;
    }
    years
}
