//! What holds for any assets and any evidence; and how long a large library takes.

use crate::sample::{camera, edge, plain, preview};
use crate::{AssetFacts, Options, RawOrJpeg, groups, plan};
use model::{AssetId, ContentHash, Damage, Evidence, Format, Group, Relation, Sha1Hash, SourceId, SourceKind, Verdict};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

const ASSETS: i64 = 12;

/// Small domains, so that ties, equal bytes and mixed sources are common.
fn asset(id: i64) -> impl Strategy<Value = AssetFacts> {
    let traits = (0..3u8, 0..3i64, 0..4u8, proptest::option::of(30..100u8), 1..5u32);
    let flags = proptest::collection::vec(proptest::bool::weighted(0.12), 9);
    let verdict = proptest::option::weighted(0.25, prop_oneof![Just(Verdict::Keep), Just(Verdict::Remove), Just(Verdict::Undecided)]);
    (traits, flags, verdict, 0..3usize).prop_map(move |((kind, source, bytes, quality, scale), flags, recorded, companions)| {
        let mut facts = match kind {
            0 => camera(id),
            1 => plain(id),
            _ => preview(id),
        };
        facts.source = SourceId(source);
        facts.source_kind = if source == 2 { SourceKind::Takeout } else { SourceKind::Folder };
        facts.path = format!("/photos/{}.jpg", bytes % 2);
        (facts.content, facts.sha1) = (Some(ContentHash([bytes; 32])), (bytes > 0).then_some(Sha1Hash([bytes; 20])));
        facts.encoding.jpeg_quality = quality;
        facts.encoding.damage = flags[8].then_some(Damage::EndsEarly);
        facts.format = if flags[0] { Some(Format::Png) } else { facts.format };
        (facts.width, facts.height) = (scale * 800, scale * 600);
        (facts.online, facts.reference, facts.trashed, facts.locked) = (!flags[1], flags[2], flags[3], flags[4]);
        (facts.partner, facts.in_library_package, facts.favourite) = (flags[5], flags[6], flags[7]);
        (facts.recorded, facts.companions) = (recorded, companions / 2);
        facts
    })
}

fn library() -> impl Strategy<Value = (Vec<AssetFacts>, Vec<Evidence>)> {
    let assets: Vec<_> = (0..ASSETS).map(asset).collect();
    let evidence = proptest::collection::vec((0..ASSETS, 0..ASSETS, 0..Relation::ALL.len(), proptest::bool::weighted(0.8)), 0..40);
    (assets, evidence).prop_map(|(assets, evidence)| {
        // Several edges of one pair and loops come too, though matching draws none.
        let evidence =
            evidence.into_iter().map(|(a, b, relation, strict)| Evidence { strict, ..edge(a, b, Relation::ALL[relation]) }).collect();
        (assets, evidence)
    })
}

fn options() -> impl Strategy<Value = Options> {
    let across = proptest::option::of((0..3i64, 0..3i64));
    (across, proptest::bits::u8::between(0, 3), proptest::option::of(any::<bool>())).prop_map(|(across, asked, choice)| {
        let with = [Relation::Edited, Relation::Cropped, Relation::LookAlike].into_iter().enumerate();
        let with = with.filter(|(n, _)| asked >> n & 1 == 1).map(|(_, relation)| relation).collect();
        let mut options =
            Options { across: across.map(|(a, b)| (SourceId(a), SourceId(b))).into_iter().collect(), with, ..Options::default() };
        if let Some(raw) = choice {
            options.rules = options.rules.preferring(if raw { RawOrJpeg::Raw } else { RawOrJpeg::Jpeg });
        }
        options
    })
}

fn check_group(group: &Group, facts: &HashMap<AssetId, &AssetFacts>, all: &[AssetFacts], options: &Options) -> Result<(), TestCaseError> {
    let keeper = facts[&group.keeper()];
    prop_assert_eq!(group.members[0].verdict, Verdict::Keep);
    prop_assert_eq!(group.members[0].relation, None);
    for member in &group.members[1..] {
        let (it, evidence) = (facts[&member.asset], member.evidence.as_ref().expect("an edge"));
        prop_assert_eq!(evidence.other(member.asset), Some(keeper.asset));
        prop_assert!(!member.reasons.is_empty());
        prop_assert!(options.with.contains(&evidence.relation) || !evidence.relation.is_opt_in());
        prop_assert!(evidence.strict || evidence.relation == Relation::LookAlike);
        if member.verdict != Verdict::Remove {
            continue;
        }
        prop_assert!(evidence.strict && it.recorded.is_none_or(|verdict| verdict == Verdict::Remove));
        prop_assert!(it.source == keeper.source || options.across.contains(&(keeper.source, it.source)));
        prop_assert!(!it.reference && !it.in_library_package && !it.trashed && !it.locked);
        prop_assert!(!keeper.trashed && !keeper.locked && !keeper.partner);
        let alike = matches!(evidence.relation, Relation::Identical | Relation::SamePixels) && it.encoding.damage.is_some();
        prop_assert!(keeper.encoding.damage.is_none() || alike, "a damaged keeper justifies nothing but what is damaged alike");
        prop_assert!(keeper.online || keeper.source_kind == SourceKind::Takeout);
        let twins =
            |other: &&AssetFacts| other.asset != it.asset && other.source_kind == SourceKind::Takeout && other.content == it.content;
        prop_assert!(it.source_kind == SourceKind::Folder || (all.iter().find(twins).is_none() && keeper.content != it.content));
        let may_go = matches!(evidence.relation, Relation::Identical | Relation::SamePixels | Relation::Thumbnail | Relation::ReEncoded)
            || (matches!(evidence.relation, Relation::RawJpeg | Relation::HeicJpeg) && options.rules.raw_or_jpeg().is_some());
        prop_assert!(it.recorded == Some(Verdict::Remove) || (may_go && it.companions <= keeper.companions));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_comes_in_no_photo_is_lost((assets, evidence) in library(), options in options()) {
        let facts: HashMap<AssetId, &AssetFacts> = assets.iter().map(|facts| (facts.asset, facts)).collect();
        let formed = groups(&assets, &evidence, &options);
        let mut seen = HashSet::new();
        for group in &formed {
            prop_assert_eq!(group.id.0, group.keeper().0);
            prop_assert!(group.members.len() > 1);
            prop_assert!(group.members.iter().all(|member| seen.insert(member.asset)), "an asset stands in two groups");
            check_group(group, &facts, &assets, &options)?;
        }
        let plan = plan(&formed, &assets);
        let going: HashSet<AssetId> = plan.removals.iter().map(|removal| removal.asset).collect();
        prop_assert!(formed.iter().all(|group| group.members.iter().any(|member| !going.contains(&member.asset))));
        prop_assert!(plan.removals.iter().all(|removal| !going.contains(&removal.keeper)));
        prop_assert_eq!(plan.by_relation.iter().map(|(_, sum)| sum.assets).sum::<u64>(), plan.total.assets);
    }

    #[test]
    fn groups_do_not_depend_on_the_order_of_input(
        ((assets, evidence), shuffled) in library().prop_flat_map(|(assets, evidence)| {
            let shuffled = (Just(assets.clone()).prop_shuffle(), Just(evidence.clone()).prop_shuffle());
            (Just((assets, evidence)), shuffled)
        }),
        options in options(),
    ) {
        prop_assert_eq!(groups(&assets, &evidence, &options), groups(&shuffled.0, &shuffled.1, &options));
    }

    #[test]
    fn what_is_new_elsewhere_changes_nothing_here((assets, evidence) in library(), options in options()) {
        let before = groups(&assets, &evidence, &options);
        let mut more = assets.clone();
        more.extend([AssetFacts { content: None, sha1: None, ..camera(500) }, AssetFacts { content: None, sha1: None, ..camera(501) }]);
        let after = groups(&more, &[&evidence[..], &[edge(500, 501, Relation::SamePixels)]].concat(), &options);
        let without_ids = |groups: Vec<Group>| groups.into_iter().map(|group| (group.members, group.set_aside)).collect::<Vec<_>>();
        let kept: Vec<_> = without_ids(after).into_iter().filter(|(members, _)| members[0].asset.0 < ASSETS).collect();
        prop_assert_eq!(kept, without_ids(before));
    }
}

/// 100,000 assets, 100,000 edges, 20,000 previews; the bounds are for unoptimised builds on a busy machine, the figures are printed.
#[test]
fn a_large_library_is_quick() {
    let mut assets: Vec<AssetFacts> = (0..100_000).map(|id| if id % 5 == 4 { preview(id) } else { camera(id) }).collect();
    for facts in &mut assets {
        let time = facts.metadata.taken.as_mut().expect("sampled with a time");
        time.local_seconds += facts.asset.0 / 5 * 7;
        facts.content = Some(ContentHash([(facts.asset.0 % 251) as u8; 32]));
    }
    let evidence: Vec<Evidence> = (0..100_000i64)
        .map(|n| {
            edge(n, (n + [1, 3, 40][n as usize % 3]) % 100_000, [Relation::Thumbnail, Relation::Burst, Relation::ReEncoded][n as usize % 3])
        })
        .collect();
    let start = std::time::Instant::now();
    let formed = groups(&assets, &evidence, &Options::default());
    let grouped = start.elapsed();
    let found = crate::finders::lightroom_previews(&assets, &evidence);
    eprintln!(
        "100,000 assets, 100,000 edges: {} groups in {grouped:?}; {} previews in {:?}",
        formed.len(),
        found.len(),
        start.elapsed() - grouped
    );
    assert!(formed.len() > 10_000);
    assert_eq!(found.len(), 20_000);
    assert!(start.elapsed().as_secs() < 20);
}
