//! What is proposed for a member: keep, remove or undecided, with every reason.
//!
//! A removal is offered only when nothing at all speaks against it. Obstacles are of two kinds: those that a person's own verdict
//! overrules (a turned copy, a smaller keeper, damage to the better copy, a clip that would stay behind), and [`hard`] ones that nothing
//! overrules, because a photo could be lost or because we may not touch the place. What was removed before and came back is offered again,
//! whatever its relation: the first kind of obstacle holds only where another photo stands in its place now. **Invariant:** `remove` implies strict evidence against
//! the very keeper.

use crate::compression::{may_be_the_first, too_coarse, too_lenient};
use crate::generation::lacks_detail;
use crate::inherit::inherit;
use crate::keeper::{Preference, Ranked, damaged, is_side, unfit};
use crate::wording::{day, sides};
use crate::{AssetFacts, Options, RawOrJpeg};
use model::{AssetId, Evidence, Proof, Reason, Relation, SourceKind, Verdict};
use std::cmp::Ordering;
use std::collections::HashMap;

/// A member with more pixels than the keeper by this factor is not offered, whatever the relation: rounding and a RAW's margin stay
/// below.
const LARGER_MEMBER_MIN: f64 = 1.2;

/// What is proposed for a member.
pub(crate) struct Judged {
    /// With what a person decided.
    pub(crate) verdict: Verdict,
    /// Without that.
    pub(crate) offered: Verdict,
    pub(crate) reasons: Vec<Reason>,
    /// Whether a reason stands above a person's own verdict.
    pub(crate) is_bound: bool,
}

/// What is needed to judge.
pub(crate) struct Judge<'a> {
    pub(crate) options: &'a Options,
    pub(crate) preference: &'a Preference<'a>,
    pub(crate) twins: GoogleTwins<'a>,
}

impl Judge<'_> {
    /// Returns what is proposed for `member`, and why, most important first. `among_copies` tells that the group holds a finely coded copy of
    /// the keeper ([`is_fine_copy`](crate::compression::is_fine_copy)).
    pub(crate) fn member(&self, keeper: &Ranked<'_>, member: &Ranked<'_>, evidence: &Evidence, among_copies: bool) -> Judged {
        let hard = self.hard(keeper.facts, member.facts, evidence);
        let (by_relation, because) = self.by_relation(keeper.facts, member.facts, evidence.relation);
        let returned = returned(member.facts);
        let proposed = if returned.is_some() && was_compared(evidence.relation) { Verdict::Remove } else { by_relation };
        let is_decided_alike = member.facts.removed_before.as_ref().is_some_and(|before| keeper.facts.content == Some(before.keeper));
        let soft = match proposed {
            Verdict::Remove if !is_decided_alike => self.soft(keeper, member, evidence, among_copies),
            _ => Vec::new(),
        };
        let is_bound = !hard.is_empty();
        let speaks_against = proposed == Verdict::Remove && (is_bound || !soft.is_empty());
        let offered = if speaks_against { Verdict::Undecided } else { proposed };
        let (verdict, first) = match member.facts.recorded {
            Some(Verdict::Keep) => (Verdict::Keep, Some(person("you decided to keep it"))),
            Some(Verdict::Undecided) => (Verdict::Undecided, Some(person("you left it open"))),
            Some(Verdict::Remove) if hard.is_empty() => (Verdict::Remove, Some(person("you decided to remove it"))),
            Some(Verdict::Remove) => (Verdict::Undecided, Some(person("you decided to remove it, but it cannot be offered"))),
            None => (offered, None),
        };
        let mut reasons: Vec<Reason> = first.into_iter().chain(returned).collect();
        if verdict == Verdict::Remove || proposed != Verdict::Remove {
            reasons.push(because);
            reasons.extend(hard);
            reasons.extend(soft);
        } else {
            reasons.extend(hard);
            reasons.extend(soft);
            reasons.push(because);
        }
        reasons.push(self.preference.reason(keeper, member));
        if verdict != Verdict::Keep {
            reasons.extend(inherit(keeper.facts, member.facts));
        }
        Judged { verdict, offered, reasons, is_bound }
    }

    /// Returns what a relation by itself allows (design §4.1).
    fn by_relation(&self, keeper: &AssetFacts, member: &AssetFacts, relation: Relation) -> (Verdict, Reason) {
        let (verdict, words) = match relation {
            Relation::Identical => (Verdict::Remove, "same bytes as the keeper"),
            Relation::SamePixels => (Verdict::Remove, "same coded picture as the keeper, other metadata"),
            Relation::Thumbnail => (Verdict::Remove, "same picture as the keeper with fewer pixels"),
            Relation::ReEncoded => (Verdict::Remove, "same picture as the keeper, compressed again or in another format"),
            Relation::Rotated => (Verdict::Undecided, "same picture as the keeper after a turn or mirror: look which way is right"),
            Relation::RawJpeg | Relation::HeicJpeg => self.pair(keeper, member),
            Relation::Edited => (Verdict::Undecided, "same shot as the keeper with other tones or text: both may be wanted"),
            Relation::Cropped => (Verdict::Undecided, "one is a part of the other: both may be wanted"),
            Relation::SameShot => (Verdict::Undecided, "same camera, time and settings as the keeper, but no pixels to compare"),
            Relation::Burst => (Verdict::Keep, "another exposure of the same moment"),
            Relation::LookAlike => (Verdict::Undecided, "looks alike; nothing shows that it is the same"),
        };
        (verdict, Reason::new(relation.name(), words))
    }

    fn pair(&self, keeper: &AssetFacts, member: &AssetFacts) -> (Verdict, &'static str) {
        let other = |choice| if choice == RawOrJpeg::Raw { RawOrJpeg::Jpeg } else { RawOrJpeg::Raw };
        match self.options.rules.raw_or_jpeg() {
            Some(choice) if is_side(keeper, choice) && is_side(member, other(choice)) => {
                (Verdict::Remove, "the same shot in the format you do not prefer")
            }
            Some(choice) if is_side(member, choice) => {
                (Verdict::Undecided, "the same shot in the format you prefer; the keeper has copies of its own")
            }
            Some(_) => (Verdict::Undecided, "the same shot in another format"),
            None => (Verdict::Undecided, "the same shot in another format: which one is wanted, the keep rule raw-or-jpeg can say"),
        }
    }

    /// Returns what nothing overrules.
    fn hard(&self, keeper: &AssetFacts, member: &AssetFacts, evidence: &Evidence) -> Vec<Reason> {
        let mut found = Vec::new();
        let mut say = |rule: &'static str, words: String| found.push(Reason::new(rule, words));
        if !self.options.may_justify(keeper.source, member.source) {
            say("other-source", format!("also in {}: a copy in another source justifies no removal", keeper.source_name));
        }
        if member.reference {
            say("reference", format!("{} is a reference", member.source_name));
        }
        if member.in_library_package {
            say("library-package", "lies in another program's library package".to_owned());
        }
        if let Some(which) = [(keeper, "the keeper"), (member, "it")].into_iter().find(|(facts, _)| facts.source_kind == SourceKind::Google)
        {
            say("only-listed", format!("{} is known only as Google lists it: its bytes were never read", which.1));
        }
        if let Some(words) = self.one_item(keeper, member) {
            say("one-item-to-google", words);
        }
        if !evidence.strict {
            say("not-strict", "the pair did not pass the strict test".to_owned());
        }
        if evidence.relation == Relation::HeicJpeg && evidence.proof == Proof::Capture {
            say("not-compared", "camera, time and name agree, but the pictures could not be compared".to_owned());
        }
        if let Some((rule, words)) = unfit(keeper) {
            say(rule, format!("the keeper {words}"));
        }
        // A copy of the same coded bytes has lost as much, unless only its index knows where they lie.
        let alike = matches!(evidence.relation, Relation::Identical | Relation::SamePixels) && member.encoding.damage.is_some();
        if let Some(words) = damaged(keeper).filter(|_| !alike) {
            say("damaged", format!("the keeper is {words}"));
        }
        if member.trashed || member.locked {
            say(if member.trashed { "trashed" } else { "locked" }, format!("it {}", unfit(member).map_or("", |(_, words)| words)));
        }
        found
    }

    /// Says whose bytes a Google asset shares: what carries one SHA-1, Google's trash takes together.
    fn one_item(&self, keeper: &AssetFacts, member: &AssetFacts) -> Option<String> {
        if !member.is_google() {
            return None;
        }
        let as_keeper =
            (member.sha1.is_some() && member.sha1 == keeper.sha1) || (member.content.is_some() && member.content == keeper.content);
        if as_keeper {
            return Some("one item to Google: the keeper has the same bytes, and both would go".to_owned());
        }
        self.twins.of(member.asset).map(|twin| format!("one item to Google: `{}` has the same bytes, and both would go", twin.path))
    }

    /// Returns what speaks against a removal unless a person decides.
    fn soft(&self, keeper: &Ranked<'_>, member: &Ranked<'_>, evidence: &Evidence, among_copies: bool) -> Vec<Reason> {
        let (kept, other, relation) = (keeper.facts, member.facts, evidence.relation);
        let mut found = Vec::new();
        let mut say = |rule: &'static str, words: String| found.push(Reason::new(rule, words));
        if other.companions > kept.companions {
            say(
                "companion",
                format!(
                    "{} of its own (a live photo's clip, a sidecar) would lose their photo",
                    crate::wording::count(other.companions, "file")
                ),
            );
        }
        if other.renditions > kept.renditions {
            say("rendition", "an edited version beside it would go with it".to_owned());
        }
        let larger = if relation == Relation::Thumbnail { 1.0 } else { LARGER_MEMBER_MIN };
        if other.pixels() as f64 > larger * kept.pixels() as f64 && relation != Relation::Identical {
            say("larger", format!("it has more pixels than the keeper: {} against {}", sides(other), sides(kept)));
        }
        // What was enlarged was smaller before. Detail lies so near its limit that two encodes of one soft photo may fall on either side.
        if lacks_detail(other) && !lacks_detail(kept) && kept.pixels() >= other.pixels() && relation != Relation::Identical {
            say("soft", "it has little fine detail, as an enlarged picture has, but the keeper is no smaller".to_owned());
        }
        if relation == Relation::ReEncoded
            && let Some(words) = may_be_the_first(kept, other)
        {
            say("first-encode", words);
        }
        if matches!(relation, Relation::ReEncoded | Relation::Thumbnail)
            && let Some(words) = too_coarse(kept, other)
        {
            say("coarse-keeper", words);
        }
        if matches!(relation, Relation::ReEncoded | Relation::Thumbnail)
            && let Some(words) = too_lenient(&evidence.proof, among_copies)
        {
            say("coarse-copy", words.to_owned());
        }
        if let Proof::Perceptual(look) = &evidence.proof
            && look.worst_place.is_some_and(|place| place > 1.0)
        {
            say("part-differs", "on a closer look, a part of the two pictures differs".to_owned());
        }
        // Should only our decoder find it damaged, that must not cost the better copy.
        if let Some(words) = damaged(other)
            && kept.encoding.damage.is_none()
            && self.preference.is_better_picture(member, keeper)
        {
            say("damaged", format!("it is {words}; but for that it would be the better picture"));
        }
        if self.preference.compare(keeper, member) == Ordering::Greater {
            say("preferred", "by the keep rules it goes before the keeper".to_owned());
        }
        found
    }
}

/// Says that an asset was removed before and came back.
pub(crate) fn returned(facts: &AssetFacts) -> Option<Reason> {
    let before = facts.removed_before.as_ref()?;
    let words = format!("removed before: {}, run {}, from {}", day(Some(before.utc_seconds)), before.run, before.place);
    Some(Reason::new("removed-before", words))
}

/// Tells a relation that pixels showed: what was removed once by it may go again.
fn was_compared(relation: Relation) -> bool {
    relation < Relation::SameShot
}

fn person(words: &'static str) -> Reason {
    Reason::new("person", words)
}

/// Google assets with the same bytes as another Google asset.
pub(crate) struct GoogleTwins<'a>(HashMap<AssetId, &'a AssetFacts>);

impl<'a> GoogleTwins<'a> {
    /// Looks over all assets; equal SHA-1 or equal content hash.
    pub(crate) fn among(assets: &'a [AssetFacts]) -> Self {
        let mut twins = Self(HashMap::new());
        twins.join(assets, |facts| facts.sha1.as_ref().map(|hash| &hash.0[..]));
        twins.join(assets, |facts| facts.content.as_ref().map(|hash| &hash.0[..]));
        twins
    }

    fn join(&mut self, assets: &'a [AssetFacts], key: impl Fn(&'a AssetFacts) -> Option<&'a [u8]>) {
        let mut keyed: Vec<(&[u8], &AssetFacts)> =
            assets.iter().filter(|facts| facts.is_google()).filter_map(|facts| Some((key(facts)?, facts))).collect();
        keyed.sort_unstable_by(|a, b| a.0.cmp(b.0).then_with(|| (&a.1.path, a.1.asset).cmp(&(&b.1.path, b.1.asset))));
        for same in keyed.chunk_by(|a, b| a.0 == b.0) {
            let [(_, first), (_, second), ..] = same else { continue };
            for (_, facts) in same {
                let twin = if facts.asset == first.asset { second } else { first };
                self.0.entry(facts.asset).or_insert(twin);
            }
        }
    }

    fn of(&self, asset: AssetId) -> Option<&'a AssetFacts> {
        self.0.get(&asset).copied()
    }
}

#[cfg(test)]
mod tests {
    use crate::sample::{camera, edge, google, plain};
    use crate::{AssetFacts, Options, groups};
    use model::Relation::{Burst, Cropped, Edited, HeicJpeg, Identical, LookAlike, RawJpeg, Rotated, SameShot, Thumbnail};
    use model::Verdict::{self, Keep, Remove, Undecided};
    use model::{ContentHash, Relation, RemovedBefore};

    const KEEPER: ContentHash = ContentHash([7; 32]);

    fn came_back() -> AssetFacts {
        let before = RemovedBefore { run: 3, utc_seconds: 86_400, place: "/old/2.jpg".into(), keeper: KEEPER };
        AssetFacts { removed_before: Some(before), ..plain(2) }
    }

    fn judge(keeper: AssetFacts, member: AssetFacts, relation: Relation) -> (Verdict, Vec<String>) {
        let options = Options { with: Relation::ALL.iter().copied().filter(|r| r.is_opt_in()).collect(), ..Options::default() };
        let formed = groups(&[keeper, member], &[edge(1, 2, relation)], &options);
        let member = &formed[0].members[1];
        (member.verdict, member.reasons.iter().map(|reason| reason.rule.to_string()).collect())
    }

    #[test]
    fn what_came_back_is_offered_by_any_relation_that_pixels_showed() {
        for relation in [Identical, Thumbnail, Rotated, RawJpeg, HeicJpeg, Edited, Cropped] {
            let (verdict, reasons) = judge(camera(1), came_back(), relation);
            assert_eq!((verdict, reasons[0].as_str()), (Remove, "removed-before"), "{relation}");
        }
        for (relation, verdict) in [(SameShot, Undecided), (Burst, Keep), (LookAlike, Undecided)] {
            let (found, reasons) = judge(camera(1), came_back(), relation);
            assert_eq!(found, verdict, "{relation}");
            assert!(reasons.contains(&"removed-before".to_owned()), "{relation}: it is named");
        }
    }

    #[test]
    fn a_person_and_what_binds_overrule_the_memory() {
        let kept = AssetFacts { recorded: Some(Keep), ..came_back() };
        let (verdict, reasons) = judge(camera(1), kept, Rotated);
        assert_eq!((verdict, &reasons[..2]), (Keep, &["person".to_owned(), "removed-before".to_owned()][..]));
        let elsewhere = google(came_back());
        assert_eq!(judge(camera(1), elsewhere, Rotated).0, Undecided);
        let (verdict, reasons) = judge(camera(1), AssetFacts { reference: true, ..came_back() }, Identical);
        assert_eq!((verdict, &reasons[..2]), (Undecided, &["removed-before".to_owned(), "reference".to_owned()][..]));
    }

    /// What speaks against a removal was weighed before only if the same photo stays.
    #[test]
    fn another_keeper_is_weighed_anew() {
        let with_clip = || AssetFacts { companions: 1, ..came_back() };
        assert_eq!(judge(camera(1), with_clip(), Thumbnail).0, Undecided);
        assert_eq!(judge(AssetFacts { content: Some(KEEPER), ..camera(1) }, with_clip(), Thumbnail).0, Remove);
    }
}
