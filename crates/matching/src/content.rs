//! Equal bytes and equal payloads: the two proofs that need no pixels. What follows when only a further location agrees is judged in
//! `judge.rs`, since then the pictures people see may still differ.

use crate::Subject;
use crate::thresholds::CLASS_MAX;
use rustc_hash::FxHashMap;
use std::hash::Hash;

/// How two assets agree in bytes or payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Agreement {
    /// The primary locations have the same bytes.
    Content,
    /// The primary locations have the same coded picture, other metadata.
    Payload,
    /// A further location of one has the bytes or payload of a location of the other.
    Elsewhere,
    /// Nothing in common.
    None,
}

/// Returns how `a` and `b` agree, strongest first.
pub(crate) fn agreement(a: &Subject, b: &Subject) -> Agreement {
    let meet = |x: &[_], y: &[_]| x.iter().any(|hash| y.contains(hash));
    if !a.contents.is_empty() && a.contents.first() == b.contents.first() {
        Agreement::Content
    } else if !a.payloads.is_empty() && a.format == b.format && a.payloads.first() == b.payloads.first() {
        Agreement::Payload
    } else if a.contents.iter().any(|hash| b.contents.contains(hash)) || meet(&a.payloads, &b.payloads) {
        Agreement::Elsewhere
    } else {
        Agreement::None
    }
}

/// Returns the pairs of subjects (by their place in `subjects`) that share a content or payload hash, sorted and once each.
///
/// A class of more than [`CLASS_MAX`] assets is cut into runs of so many by asset: each run has all its pairs, so each yields a group
/// with its own keeper, and what stays of it meets the others at the next scan. Nothing is called a copy that is none.
pub(crate) fn pairs(subjects: &[&Subject]) -> Vec<(u32, u32)> {
    let mut out = Vec::new();
    pairs_of(subjects, |s| s.contents.iter().copied(), &mut out);
    pairs_of(subjects, |s| s.payloads.iter().copied(), &mut out);
    out.sort_unstable();
    out.dedup();
    out
}

fn pairs_of<'s, K: Hash + Eq, I: Iterator<Item = K>>(subjects: &[&'s Subject], keys: impl Fn(&'s Subject) -> I, out: &mut Vec<(u32, u32)>) {
    let mut classes: FxHashMap<K, Vec<u32>> = FxHashMap::default();
    for (place, subject) in (0u32..).zip(subjects.iter().copied()) {
        for key in keys(subject) {
            let class = classes.entry(key).or_default();
            if class.last() != Some(&place) {
                class.push(place);
            }
        }
    }
    for class in classes.values().filter(|class| class.len() > 1) {
        within(class, out);
    }
}

/// Adds all pairs within each run of [`CLASS_MAX`] members; `class` is sorted by asset.
pub(crate) fn within(class: &[u32], out: &mut Vec<(u32, u32)>) {
    for run in class.chunks(CLASS_MAX) {
        for (n, &first) in run.iter().enumerate() {
            out.extend(run.iter().skip(n + 1).map(|&second| (first, second)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::fixture::subject;
    use model::{ContentHash, PayloadHash};

    fn with(contents: &[u8], payloads: &[u8]) -> Subject {
        let mut subject = subject(1);
        subject.contents = contents.iter().map(|&n| ContentHash([n; 32])).collect();
        subject.payloads = payloads.iter().map(|&n| PayloadHash([n; 32])).collect();
        subject
    }

    #[test]
    fn agreement_is_told_by_primary_locations_first() {
        let check = |a: &Subject, b: &Subject, expected, what: &str| {
            assert_eq!(agreement(a, b), expected, "{what}");
            assert_eq!(agreement(b, a), expected, "{what}, the other way round");
        };
        check(&with(&[1], &[9]), &with(&[1], &[9]), Agreement::Content, "same bytes");
        check(&with(&[1], &[9]), &with(&[2], &[9]), Agreement::Payload, "other metadata");
        check(&with(&[1], &[9]), &with(&[2], &[8]), Agreement::None, "other pictures");
        check(&with(&[1, 2], &[9, 8]), &with(&[2], &[8]), Agreement::Elsewhere, "an album copy with other bytes");
        check(&with(&[1], &[]), &with(&[2], &[]), Agreement::None, "no payload is no agreement");
        check(&with(&[], &[]), &with(&[], &[]), Agreement::None, "nothing known is no agreement");
    }

    #[test]
    fn a_large_class_is_cut_into_runs() {
        let class: Vec<u32> = (0..CLASS_MAX as u32 + 2).collect();
        let mut out = Vec::new();
        within(&class, &mut out);
        assert_eq!(out.len(), CLASS_MAX * (CLASS_MAX - 1) / 2 + 1);
        assert!(out.contains(&(CLASS_MAX as u32, CLASS_MAX as u32 + 1)), "the rest is a run of its own");
        assert!(!out.contains(&(0, CLASS_MAX as u32)));
    }

    #[test]
    fn pairs_are_found_by_content_and_payload_once() {
        let mut three = [with(&[1], &[9]), with(&[1], &[9]), with(&[3], &[9])];
        for (n, subject) in three.iter_mut().enumerate() {
            subject.asset = model::AssetId(n as i64);
        }
        assert_eq!(pairs(&three.iter().collect::<Vec<_>>()), [(0, 1), (0, 2), (1, 2)]);
    }
}
