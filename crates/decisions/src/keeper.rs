//! Who is preferred: one total order of all assets by the keep rules, and the rule that told two of them apart.
//!
//! Before the rules stand four things that no rule may overturn: what a person made the keeper comes first; an asset that could not
//! justify a removal (trashed, locked, a partner's, a folder that is away) comes after those that can, one of which a part is lost after
//! those that are whole, and one that a person decided to remove after the others.
//! What was removed before and came back comes after its equals, as soon as the rules that weigh the picture have spoken.
//! Where `--across A:B` is given, A comes before B as soon as the rules that weigh the picture have spoken. Ties go by content hash, then
//! path, source and id, so the order is total and does not depend on the order of input.

use crate::compression::Compression;
use crate::wording::{count, day, listed, sides};
use crate::{AssetFacts, Generation, KeepRule, Options, RawOrJpeg};
use model::{Format, Reason, Verdict};
use std::cmp::{Ordering, Reverse};

/// Why an asset cannot be the keeper that justifies a removal; `None` if it can. In Google's case being offline means only that our
/// copy of the archive is away.
pub(crate) fn unfit(facts: &AssetFacts) -> Option<(&'static str, &'static str)> {
    if facts.trashed {
        Some(("trashed", "is in Google's trash"))
    } else if facts.locked {
        Some(("locked", "is in the locked folder"))
    } else if facts.partner {
        Some(("partner", "was shared by a partner"))
    } else if !facts.online && !facts.is_google() {
        Some(("offline", "lies on a drive that is away"))
    } else {
        None
    }
}

/// Says what of an asset is lost, in words that follow "it is"; `None` where nothing is known of any damage.
pub(crate) fn damaged(facts: &AssetFacts) -> Option<String> {
    facts.encoding.damage.map(|damage| format!("damaged: {}", damage.words()))
}

/// What is asked of two assets, in order.
#[derive(Debug, Clone, Copy)]
enum Step<'r> {
    Chosen,
    Fit,
    Whole,
    Person,
    Rule(&'r KeepRule),
    Returned,
    Across,
}

/// An asset with what the rules compare, computed once.
pub(crate) struct Ranked<'a> {
    pub(crate) facts: &'a AssetFacts,
    pub(crate) generation: Generation,
    compression: Compression,
    richness: u32,
    across: u8,
    /// Bit n tells whether the n-th rule is a glob that matches.
    globs: u64,
}

/// The keep rules made ready to compare.
pub(crate) struct Preference<'r> {
    steps: Vec<Step<'r>>,
    options: &'r Options,
}

impl<'r> Preference<'r> {
    pub(crate) fn new(options: &'r Options) -> Self {
        let mut steps = vec![Step::Chosen, Step::Fit, Step::Whole, Step::Person];
        let rules = options.rules.rules();
        let first_taste =
            rules.iter().position(|rule| !rule.weighs_the_picture() && !matches!(rule, KeepRule::PathGlob(_))).unwrap_or(rules.len());
        let (picture, taste) = rules.split_at(first_taste);
        steps.extend(picture.iter().map(Step::Rule));
        steps.extend([Step::Returned, Step::Across]);
        steps.extend(taste.iter().map(Step::Rule));
        Self { steps, options }
    }

    pub(crate) fn ranked<'a>(&self, facts: &'a AssetFacts) -> Ranked<'a> {
        let generation = Generation::of(facts);
        let globs = self.options.rules.rules().iter().enumerate().fold(0, |bits, (at, rule)| match rule {
            KeepRule::PathGlob(glob) if glob.matches(&facts.path) => bits | 1 << at,
            _ => bits,
        });
        let keeps = self.options.across.iter().any(|pair| pair.0 == facts.source);
        let yields = self.options.across.iter().any(|pair| pair.1 == facts.source);
        Ranked {
            facts,
            generation,
            compression: Compression::of(facts, generation),
            richness: facts.metadata.richness(),
            across: 1 + u8::from(yields) - u8::from(keeps),
            globs,
        }
    }

    /// Compares two assets: less means preferred. Equal only for one and the same id.
    pub(crate) fn compare(&self, a: &Ranked<'_>, b: &Ranked<'_>) -> Ordering {
        self.deciding(a, b).map_or_else(|| tie(a.facts, b.facts), |(_, ordering)| ordering)
    }

    /// The same by the rules alone, whatever a person decided: so that deciding on members does not change their order.
    pub(crate) fn compare_undecided(&self, a: &Ranked<'_>, b: &Ranked<'_>) -> Ordering {
        let steps = self.steps.iter().filter(|step| !matches!(step, Step::Chosen | Step::Person));
        steps.map(|step| self.ask(*step, a, b)).find(|ordering| ordering.is_ne()).unwrap_or_else(|| tie(a.facts, b.facts))
    }

    fn deciding(&self, a: &Ranked<'_>, b: &Ranked<'_>) -> Option<(Step<'r>, Ordering)> {
        self.steps.iter().map(|step| (*step, self.ask(*step, a, b))).find(|(_, ordering)| ordering.is_ne())
    }

    /// Tells whether the rules that weigh the picture, asked alone, prefer an asset to another.
    pub(crate) fn is_better_picture(&self, a: &Ranked<'_>, b: &Ranked<'_>) -> bool {
        let rules = self.options.rules.rules().iter().filter(|rule| rule.weighs_the_picture());
        rules.map(|rule| self.ask_rule(rule, a, b)).find(|ordering| ordering.is_ne()) == Some(Ordering::Less)
    }

    fn ask(&self, step: Step<'_>, a: &Ranked<'_>, b: &Ranked<'_>) -> Ordering {
        match step {
            Step::Chosen => by(a, b, |asset| !asset.facts.is_chosen),
            Step::Fit => unfit(a.facts).is_some().cmp(&unfit(b.facts).is_some()),
            Step::Whole => by(a, b, |asset| asset.facts.encoding.damage.is_some()),
            Step::Person => by(a, b, |asset| asset.facts.recorded == Some(Verdict::Remove)),
            Step::Returned => by(a, b, |asset| asset.facts.removed_before.is_some()),
            Step::Across => by(a, b, |asset| asset.across),
            Step::Rule(rule) => self.ask_rule(rule, a, b),
        }
    }

    fn ask_rule(&self, rule: &KeepRule, a: &Ranked<'_>, b: &Ranked<'_>) -> Ordering {
        match rule {
            KeepRule::OriginalQuality => by(a, b, |asset| asset.generation.rank()),
            KeepRule::RawOrJpeg(choice) => choice.map_or(Ordering::Equal, |choice| by(a, b, |asset| !is_side(asset.facts, choice))),
            KeepRule::Pixels => by(a, b, |asset| Reverse(asset.facts.pixels())),
            KeepRule::Compression => by(a, b, |asset| asset.compression),
            KeepRule::HasMetadata => by(a, b, |asset| Reverse(asset.richness)),
            KeepRule::InAlbum => by(a, b, |asset| Reverse(asset.facts.albums.len())),
            KeepRule::Favourite => by(a, b, |asset| Reverse(asset.facts.favourite)),
            KeepRule::OldestUpload => by(a, b, |asset| asset.facts.uploaded_utc_seconds.unwrap_or(i64::MAX)),
            KeepRule::PathGlob(_) => {
                let bit = self.options.rules.rules().iter().position(|other| other == rule).unwrap_or_default();
                by(a, b, |asset| Reverse(asset.globs >> bit & 1))
            }
            KeepRule::Path => (a.facts.path.len(), &a.facts.path).cmp(&(b.facts.path.len(), &b.facts.path)),
        }
    }

    /// Returns the first rule that told `winner` and `loser` apart, with its figures; the same words serve both.
    pub(crate) fn reason(&self, winner: &Ranked<'_>, loser: &Ranked<'_>) -> Reason {
        match self.deciding(winner, loser) {
            None => Reason::new("tie", "no rule tells them apart; content hash and path decide"),
            Some((step, Ordering::Greater)) => {
                Reason::new("keeper", format!("it has copies of its own here, though {} speaks for the other", step_name(step)))
            }
            Some((step, _)) => Reason::new(step_name(step), words(step, winner, loser)),
        }
    }
}

fn by<'x, K: Ord>(a: &'x Ranked<'_>, b: &'x Ranked<'_>, key: impl Fn(&'x Ranked<'_>) -> K) -> Ordering {
    key(a).cmp(&key(b))
}

fn tie(a: &AssetFacts, b: &AssetFacts) -> Ordering {
    let key = |facts: &AssetFacts| (facts.content.is_none(), facts.content);
    key(a).cmp(&key(b)).then_with(|| a.path.cmp(&b.path)).then_with(|| (a.source, a.asset).cmp(&(b.source, b.asset)))
}

/// Tells whether an asset is what a person prefers of a pair.
pub(crate) fn is_side(facts: &AssetFacts, choice: RawOrJpeg) -> bool {
    match choice {
        RawOrJpeg::Raw => facts.format.is_some_and(|format| format.is_raw() || format == Format::Heic),
        RawOrJpeg::Jpeg => facts.format == Some(Format::Jpeg),
    }
}

fn step_name(step: Step<'_>) -> &'static str {
    match step {
        Step::Fit => "fit",
        Step::Whole => "damaged",
        Step::Chosen | Step::Person => "person",
        Step::Returned => "removed-before",
        Step::Across => "across",
        Step::Rule(rule) => rule.name(),
    }
}

fn words(step: Step<'_>, winner: &Ranked<'_>, loser: &Ranked<'_>) -> String {
    let (kept, other) = (winner.facts, loser.facts);
    match step {
        Step::Chosen => "you made it the keeper".to_owned(),
        Step::Fit => format!("the other {}", unfit(other).map_or("cannot stay in its place", |(_, words)| words)),
        Step::Whole => format!("the other is {}", damaged(other).unwrap_or_default()),
        Step::Person => "you decided to remove the other".to_owned(),
        Step::Returned => "the other was removed before".to_owned(),
        Step::Across => format!("keepers are taken from {} first", kept.source_name),
        Step::Rule(KeepRule::OriginalQuality) => format!("{} against {}", winner.generation.words(kept), loser.generation.words(other)),
        Step::Rule(KeepRule::RawOrJpeg(Some(RawOrJpeg::Raw))) => "you prefer RAW and HEIC".to_owned(),
        Step::Rule(KeepRule::RawOrJpeg(_)) => "you prefer JPEG".to_owned(),
        Step::Rule(KeepRule::Pixels) => format!("{} against {} pixels", sides(kept), sides(other)),
        Step::Rule(KeepRule::Compression) => format!("{} against {}", winner.compression.words(kept), loser.compression.words(other)),
        Step::Rule(KeepRule::HasMetadata) => {
            format!("{} in the metadata against {}", count(winner.richness as usize, "fact"), loser.richness)
        }
        Step::Rule(KeepRule::InAlbum) => {
            let titles: Vec<&str> = kept.albums.iter().map(String::as_str).collect();
            format!("in {} against {}: {}", count(titles.len(), "album"), other.albums.len(), listed(&titles))
        }
        Step::Rule(KeepRule::Favourite) => "a favourite".to_owned(),
        Step::Rule(KeepRule::OldestUpload) => {
            format!("uploaded on {} against {}", day(kept.uploaded_utc_seconds), day(other.uploaded_utc_seconds))
        }
        Step::Rule(KeepRule::PathGlob(glob)) => format!("its path matches `{glob}`"),
        Step::Rule(KeepRule::Path) => "the shorter path, or the first of the alphabet".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{camera, google, plain, preview};
    use model::{ContentHash, Damage, SourceId};

    fn decide(rules: &str, across: &[(i64, i64)], winner: &AssetFacts, loser: &AssetFacts) -> Reason {
        let across = across.iter().map(|(a, b)| (SourceId(*a), SourceId(*b))).collect();
        let options = Options { rules: rules.parse().unwrap(), across, ..Options::default() };
        let preference = Preference::new(&options);
        let (a, b) = (preference.ranked(winner), preference.ranked(loser));
        assert_eq!(preference.compare(&a, &b), Ordering::Less, "{:?}", preference.reason(&a, &b));
        assert_eq!(preference.compare(&b, &a), Ordering::Greater);
        preference.reason(&a, &b)
    }

    const DEFAULT: &str = "original-quality,raw-or-jpeg,pixels,compression,has-metadata,in-album,favourite,oldest-upload,path";

    /// One row a rule: the winner's change, the loser's change, the deciding rule and its words.
    #[test]
    fn each_rule_speaks_with_its_figures() {
        let check = |winner: fn(&mut AssetFacts), loser: fn(&mut AssetFacts), rule: &'static str, words: &'static str| {
            let (mut a, mut b) = (camera(2), camera(1));
            winner(&mut a);
            loser(&mut b);
            assert_eq!(decide(DEFAULT, &[], &a, &b), Reason::new(rule, words));
        };
        check(
            |_| {},
            |f| f.metadata.software = Some("Exporter 4.1".into()),
            "original-quality",
            "as the camera wrote it against re-saved by Exporter 4.1",
        );
        check(|_| {}, |f| f.metadata = Default::default(), "original-quality", "as the camera wrote it against without camera metadata");
        check(|_| {}, |f| *f = preview(1), "original-quality", "as the camera wrote it against a preview written by Lightroom");
        check(
            |_| {},
            |f| {
                (f.width, f.height) = (1024, 768);
                (f.metadata.claimed_width, f.metadata.claimed_height) = (None, None);
            },
            "pixels",
            "4000 × 3000 against 1024 × 768 pixels",
        );
        check(|_| {}, |f| f.encoding.jpeg_quality = Some(80), "compression", "jpeg of quality about 92 against jpeg of quality about 80");
        check(|f| f.metadata.rating = Some(4), |_| {}, "has-metadata", "5 facts in the metadata against 4");
        check(|f| f.albums = vec!["Kyoto".into()], |_| {}, "in-album", "in 1 album against 0: “Kyoto”");
        check(|f| f.favourite = true, |_| {}, "favourite", "a favourite");
        check(
            |f| f.uploaded_utc_seconds = Some(0),
            |f| f.uploaded_utc_seconds = Some(86_400),
            "oldest-upload",
            "uploaded on 1970-01-01 against 1970-01-02",
        );
        check(|f| f.uploaded_utc_seconds = Some(0), |_| {}, "oldest-upload", "uploaded on 1970-01-01 against an unknown day");
        check(|f| f.path = "/a.jpg".into(), |_| {}, "path", "the shorter path, or the first of the alphabet");
        check(|_| {}, |f| f.trashed = true, "fit", "the other is in Google's trash");
        check(|_| {}, |f| f.online = false, "fit", "the other lies on a drive that is away");
        check(
            |f| (f.width, f.height) = (1024, 768),
            |f| f.encoding.damage = Some(Damage::EndsEarly),
            "damaged",
            "the other is damaged: the file ends before its last coded picture",
        );
        check(|_| {}, |f| f.recorded = Some(Verdict::Remove), "person", "you decided to remove the other");
        check(
            |f| f.content = Some(ContentHash([1; 32])),
            |f| f.path = camera(2).path,
            "tie",
            "no rule tells them apart; content hash and path decide",
        );
    }

    #[test]
    fn more_bytes_are_no_quality() {
        let (small, mut large) = (camera(1), camera(2));
        large.size_bytes = 50_000_000;
        assert_eq!(decide(DEFAULT, &[], &small, &large).rule, "path");
    }

    #[test]
    fn an_enlarged_picture_does_not_win_by_pixels() {
        let mut large = camera(1);
        (large.width, large.height) = (8000, 6000);
        assert_eq!(decide(DEFAULT, &[], &camera(2), &large).words, "as the camera wrote it against enlarged");
        let mut soft = plain(1);
        (soft.width, soft.height, soft.format) = (3200, 2400, Some(Format::Png));
        (soft.encoding.detail, soft.encoding.block_grid) = (Some(0.2), Some(1.0));
        assert_eq!(decide(DEFAULT, &[], &plain(2), &soft).words, "without camera metadata against enlarged");
    }

    #[test]
    fn a_screenshot_stands_before_its_jpeg_and_after_it_when_made_from_it() {
        let mut png = plain(2);
        png.format = Some(Format::Png);
        png.encoding = model::Encoding { block_grid: Some(1.0), detail: Some(0.8), ..Default::default() };
        assert_eq!(decide(DEFAULT, &[], &png, &plain(1)).words, "lossless png against jpeg of quality about 75");
        png.encoding.block_grid = Some(1.3);
        assert_eq!(decide(DEFAULT, &[], &plain(1), &png).words, "jpeg of quality about 75 against png made from a JPEG");
    }

    #[test]
    fn the_choice_between_raw_and_jpeg_is_the_persons() {
        let mut raw = camera(1);
        (raw.format, raw.width) = (Some(Format::Cr2), 4020);
        assert_eq!(decide(DEFAULT, &[], &raw, &camera(2)).rule, "pixels");
        assert_eq!(decide("original-quality,prefer-jpeg,pixels", &[], &camera(2), &raw).words, "you prefer JPEG");
        assert_eq!(decide("original-quality,prefer-raw,pixels", &[], &raw, &camera(2)).words, "you prefer RAW and HEIC");
        let mut heic = camera(3);
        heic.format = Some(Format::Heic);
        assert_eq!(decide("prefer-raw", &[], &heic, &camera(2)).rule, "raw-or-jpeg");
    }

    #[test]
    fn globs_and_sources() {
        let (mut best, other) = (camera(2), camera(1));
        best.path = "/photos/best/long name.jpg".into();
        assert_eq!(decide("path:**/best/*,path", &[], &best, &other).words, "its path matches `**/best/*`");
        let (mut cloud, local) = (google(camera(1)), camera(2));
        cloud.albums = vec!["Kyoto".into()];
        assert_eq!(decide(DEFAULT, &[], &cloud, &local).rule, "in-album");
        assert_eq!(decide(DEFAULT, &[(1, 2)], &local, &cloud).words, "keepers are taken from photos first");
        cloud.width = 4100;
        assert_eq!(decide(DEFAULT, &[(1, 2)], &cloud, &local).rule, "pixels");
        assert!(unfit(&AssetFacts { online: false, ..cloud }).is_none(), "an archive that is away is still in Google Photos");
    }
}
