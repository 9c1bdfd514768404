//! Equal bytes and equal payloads: the two proofs that need no pixels. What follows when only a further location agrees is judged in
//! `judge.rs`, since then the pictures people see may still differ.

use crate::Subject;
use crate::propose::{IsFresh, Row};
use crate::thresholds::CLASS_MAX;

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

/// Returns the pairs (by place) of which at least one is fresh and that share a key of a content or payload hash, perhaps more than once.
///
/// A class of more than [`CLASS_MAX`] assets is cut into runs of so many by asset: each run has all its pairs, so each yields a group
/// with its own keeper, and what stays of it meets the others at the next scan. Nothing is called a copy that is none.
pub(crate) fn pairs(rows: &[Row<'_>], is_fresh: &IsFresh<'_>) -> Vec<(u32, u32)> {
    let mut keyed: Vec<(u64, u32)> = rows.iter().flat_map(|row| row.signature.content_keys().map(|key| (key, row.place))).collect();
    keyed.sort_unstable();
    keyed.dedup();
    let mut out = Vec::new();
    for class in keyed.chunk_by(|one, other| one.0 == other.0).filter(|class| class.len() > 1) {
        let places: Vec<u32> = class.iter().map(|&(_, place)| place).collect();
        within(&places, is_fresh, &mut out);
    }
    out
}

/// Adds all pairs within each run of [`CLASS_MAX`] members of which at least one is fresh; `class` is sorted by asset.
pub(crate) fn within(class: &[u32], is_fresh: &IsFresh<'_>, out: &mut Vec<(u32, u32)>) {
    for run in class.chunks(CLASS_MAX) {
        for (n, &first) in run.iter().enumerate() {
            let fresh = is_fresh(first);
            out.extend(run.iter().skip(n + 1).filter(|&&second| fresh || is_fresh(second)).map(|&second| (first, second)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Signature;
    use crate::find::fixture::subject;
    use crate::propose::in_rows;
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
        within(&class, &|_| true, &mut out);
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
        let signatures: Vec<Signature> = three.iter().flat_map(Signature::of).collect();
        let mut found = pairs(&in_rows(&signatures), &|_| true);
        found.sort_unstable();
        found.dedup();
        assert_eq!(found, [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(pairs(&in_rows(&signatures), &|place| place == 2).len(), 2, "only the fresh");
    }
}
