//! Tables for grouping and verdicts: who joins whom, and what speaks against an offer.

use super::*;
use crate::sample::{camera, edge, google, plain, preview};
use crate::{KeepRules, RawOrJpeg};
use model::{Bits, ContentHash, Damage, Format, Proof, SecondLook, Sha1Hash, SourceId, Turn};

type Shape = Vec<(i64, Relation, Verdict)>;

/// Returns keeper and members of each group.
fn form(assets: &[AssetFacts], evidence: &[Evidence], options: &Options) -> Vec<(i64, Shape)> {
    groups(assets, evidence, options)
        .into_iter()
        .map(|group| {
            let members = group.members[1..].iter().map(|m| (m.asset.0, m.relation.unwrap(), m.verdict)).collect();
            (group.keeper().0, members)
        })
        .collect()
}

fn across(keeper: i64, member: i64) -> Options {
    Options { across: vec![(SourceId(keeper), SourceId(member))], ..Options::default() }
}

fn raw(id: i64) -> AssetFacts {
    AssetFacts { format: Some(Format::Cr2), width: 4020, encoding: Default::default(), ..camera(id) }
}

fn reasons(group: &Group, member: usize) -> Vec<&str> {
    group.members[member].reasons.iter().map(|reason| reason.rule.as_ref()).collect()
}

use Relation::*;
use Verdict::*;

/// One row a relation: what is proposed for a small or equal copy of a camera's picture.
/// Evidence by pixels, with what was measured of them.
fn by_pixels(relation: Relation, measured: impl FnOnce(&mut SecondLook)) -> Evidence {
    let mut look = SecondLook {
        distance_bits: Bits(2),
        turn: Turn::Upright,
        correlation: 0.999,
        gain: 1.0,
        offset: 0.0,
        luma_error: 0.5,
        worst_tile: 1.0,
        chroma_error: 0.5,
        leniency: None,
        worst_place: None,
    };
    measured(&mut look);
    Evidence { proof: Proof::Perceptual(look), ..edge(1, 2, relation) }
}

/// The verdict on the second of a HEIC and its JPEG where the person prefers the former.
fn verdict_on_jpeg(evidence: &Evidence) -> Verdict {
    let mut heic = camera(1);
    heic.format = Some(Format::Heic);
    let rules = KeepRules::default().preferring(RawOrJpeg::Raw);
    form(&[heic, plain(2)], std::slice::from_ref(evidence), &Options { rules, ..Options::default() })[0].1[0].2
}

#[test]
fn a_pair_of_formats_is_offered_only_where_its_pictures_were_compared_everywhere() {
    assert_eq!(verdict_on_jpeg(&by_pixels(HeicJpeg, |_| ())), Remove);
    assert_eq!(verdict_on_jpeg(&by_pixels(HeicJpeg, |look| look.worst_place = Some(0.7))), Remove);
    assert_eq!(verdict_on_jpeg(&by_pixels(HeicJpeg, |look| look.worst_place = Some(1.1))), Undecided, "a part differs");
    assert_eq!(verdict_on_jpeg(&Evidence { proof: Proof::Capture, ..edge(1, 2, HeicJpeg) }), Undecided, "nobody saw the pictures");
}

#[test]
fn a_copy_is_not_offered_where_an_edit_would_have_passed_as_well() {
    let verdict = |relation: Relation, leniency: Option<f32>| {
        form(&[camera(1), plain(2)], &[by_pixels(relation, |look| look.leniency = leniency)], &Options::default())[0].1[0].2
    };
    for relation in [ReEncoded, Thumbnail] {
        assert_eq!(verdict(relation, None), Remove);
        assert_eq!(verdict(relation, Some(1.0)), Remove);
        assert_eq!(verdict(relation, Some(1.01)), Undecided);
    }
    // A copy that would show an edit speaks for the keeper; one that would not does not.
    let besides = |fine: f32, leniency: f32| {
        let [first, mut second] = [leniency, fine].map(|share| by_pixels(ReEncoded, |look| look.leniency = Some(share)));
        second.b = AssetId(3);
        let shape = form(&[camera(1), plain(2), plain(3)], &[first, second], &Options::default()).swap_remove(0).1;
        shape.into_iter().find(|member| member.0 == 2).map(|member| member.2)
    };
    assert_eq!(besides(0.4, 3.0), Some(Remove));
    assert_eq!(besides(0.4, 4.9), Some(Undecided));
    assert_eq!(besides(1.1, 3.0), Some(Undecided));
}

#[test]
fn a_coarse_copy_joins_the_picture_that_has_finer_ones() {
    // 1 ranks best and is an edit of 2, of which 3 is a fine copy; 4 and 5 are coarse, and near to each other.
    let between = |a: i64, b: i64, leniency: f32| Evidence {
        a: AssetId(a),
        b: AssetId(b),
        ..by_pixels(ReEncoded, |look| look.leniency = Some(leniency))
    };
    let edges = [between(1, 4, 3.0), between(1, 5, 2.0), between(2, 3, 0.4), between(2, 4, 3.0), between(2, 5, 2.0), between(4, 5, 0.5)];
    let assets: Vec<AssetFacts> = std::iter::once(camera(1)).chain((2..6).map(plain)).collect();
    let found = form(&assets, &edges, &Options::default());
    assert_eq!(found.len(), 1, "{found:?}");
    let mut all: Vec<i64> = found[0].1.iter().map(|member| member.0).chain([found[0].0]).collect();
    all.sort_unstable();
    assert_eq!(all, [2, 3, 4, 5]);
    // Without the finer copy nothing tells the two apart.
    assert_eq!(form(&assets, &[&edges[..2], &edges[3..]].concat(), &Options::default())[0].0, 1);
}

#[test]
fn verdicts_by_relation() {
    let check = |relation: Relation, expected: Option<Verdict>| {
        let found = form(
            &[camera(1), plain(2)],
            &[edge(1, 2, relation)],
            &Options { with: Relation::ALL.iter().copied().filter(|r| r.is_opt_in()).collect(), ..Options::default() },
        );
        assert_eq!(found.first().map(|group| group.1[0].2), expected, "{relation}");
    };
    for relation in [Identical, SamePixels, Thumbnail, ReEncoded] {
        check(relation, Some(Remove));
    }
    for relation in [Rotated, RawJpeg, HeicJpeg, SameShot, Edited, Cropped, LookAlike] {
        check(relation, Some(Undecided));
    }
    check(Burst, Some(Keep));
}

#[test]
fn what_is_not_strict_or_not_asked_for_does_not_join() {
    for &relation in Relation::ALL {
        let mut evidence = edge(1, 2, relation);
        evidence.strict = relation.is_opt_in();
        assert!(form(&[camera(1), plain(2)], &[evidence.clone()], &Options::default()).is_empty(), "{relation}");
        evidence.strict = false;
        let asked = Options { with: Relation::ALL.iter().copied().filter(|r| r.is_opt_in()).collect(), ..Options::default() };
        assert_eq!(form(&[camera(1), plain(2)], &[evidence], &asked).is_empty(), relation != LookAlike, "{relation}");
    }
    assert!(form(&[camera(1)], &[edge(1, 9, Identical), edge(1, 1, Identical)], &Options::default()).is_empty(), "unknown and self");
}

/// One row an obstacle: change of keeper 1 and of member 2 (a smaller copy), and the rule that forbids. None: it is offered.
#[test]
fn obstacles_in_one_source() {
    let check = |keeper: fn(&mut AssetFacts), member: fn(&mut AssetFacts), rule: Option<&str>| {
        let (mut a, mut b) = (camera(1), plain(2));
        keeper(&mut a);
        member(&mut b);
        let formed = groups(&[a, b], &[edge(1, 2, Thumbnail)], &Options::default());
        let member = &formed[0].members[1];
        let expected = if rule.is_some() { Undecided } else { Remove };
        assert_eq!((formed[0].keeper().0, member.verdict), (1, expected), "{rule:?}");
        assert!(rule.is_none_or(|rule| member.reasons[0].rule == rule), "{rule:?}: {:?}", member.reasons);
    };
    check(|_| {}, |_| {}, None);
    check(|_| {}, |f| f.reference = true, Some("reference"));
    check(|_| {}, |f| f.in_library_package = true, Some("library-package"));
    check(|_| {}, |f| f.companions = 1, Some("companion"));
    check(|f| f.companions = 1, |f| f.companions = 1, None);
    check(|_| {}, |f| f.renditions = 1, Some("rendition"));
    check(|f| f.renditions = 1, |f| f.renditions = 1, None);
    check(|_| {}, |f| (f.width, f.height) = (6000, 4000), Some("larger"));
    check(|f| f.online = false, |f| f.online = false, Some("offline"));
    check(|f| f.trashed = true, |f| f.trashed = true, Some("trashed"));
    check(|_| {}, |f| f.trashed = true, Some("trashed"));
    check(|_| {}, |f| f.locked = true, Some("locked"));
    check(|f| f.locked = true, |f| f.locked = true, Some("locked"));
    check(|f| f.partner = true, |f| f.partner = true, Some("partner"));
    check(|_| {}, |f| f.partner = true, None);
    check(|f| f.in_library_package = true, |_| {}, None);
    check(|f| f.reference = true, |_| {}, None);
}

#[test]
fn an_unfit_asset_does_not_become_the_keeper_while_another_can() {
    for unfit in [
        AssetFacts { trashed: true, ..camera(1) },
        AssetFacts { locked: true, ..camera(1) },
        AssetFacts { partner: true, ..camera(1) },
        AssetFacts { online: false, ..camera(1) },
    ] {
        let formed = groups(&[unfit, plain(2)], &[edge(1, 2, Thumbnail)], &Options::default());
        assert_eq!((formed[0].keeper().0, formed[0].members[1].verdict), (2, Undecided));
        assert_eq!(formed[0].members[0].reasons[0].rule, "fit");
    }
}

#[test]
fn what_is_damaged_goes_last_and_justifies_no_removal() {
    for &damage in Damage::ALL {
        let broken = |mut facts: AssetFacts| {
            facts.encoding.damage = Some(damage);
            facts
        };
        let formed_of =
            |a: &AssetFacts, b: &AssetFacts| groups(&[a.clone(), b.clone()], &[edge(1, 2, Thumbnail)], &Options::default()).remove(0);
        let judged = |assets: &[AssetFacts], relation| {
            let formed = groups(assets, &[edge(1, 2, relation)], &Options::default());
            (formed[0].keeper().0, formed[0].members[1].verdict, reasons(&formed[0], 1).contains(&"damaged"))
        };
        assert_eq!(judged(&[broken(camera(1)), plain(2)], Thumbnail), (2, Undecided, true), "the larger one is broken");
        assert_eq!(judged(&[broken(plain(1)), plain(2)], Thumbnail), (2, Remove, true), "nothing but the damage tells them apart");
        for relation in [Thumbnail, ReEncoded] {
            assert_eq!(judged(&[broken(camera(1)), broken(plain(2))], relation), (1, Undecided, true), "both are broken: {relation}");
        }
        for relation in [Identical, SamePixels] {
            assert_eq!(judged(&[broken(camera(1)), broken(plain(2))], relation), (1, Remove, false), "both alike: {relation}");
        }
        assert!(formed_of(&broken(camera(1)), &broken(plain(2))).members[0].reasons.iter().any(|r| r.words.starts_with("it is damaged: ")));
        let finer = |quality, mut facts: AssetFacts| {
            facts.encoding.jpeg_quality = Some(quality);
            facts
        };
        assert_eq!(judged(&[broken(finer(98, camera(1))), camera(2)], Thumbnail), (2, Undecided, true), "the finer one is broken");
        // A person's own verdict does not make the broken one the only one that stays.
        let decided = AssetFacts { recorded: Some(Remove), ..plain(2) };
        assert_eq!(judged(&[broken(camera(1)), decided], Thumbnail).0, 2);
        // Nor does its place in Google's trash.
        let trashed = AssetFacts { trashed: true, ..plain(2) };
        assert_eq!(judged(&[broken(camera(1)), trashed], Thumbnail), (1, Undecided, true));
    }
}

#[test]
fn google_items_of_one_sha1_are_never_offered() {
    let hash = Some(Sha1Hash([7; 20]));
    let with = |facts: AssetFacts| AssetFacts { sha1: hash, ..google(facts) };
    let check = |assets: &[AssetFacts], relation, expected| {
        let formed = groups(assets, &[edge(1, 2, relation)], &across(1, 2));
        assert_eq!(formed[0].members[1].verdict, expected, "{:?}", formed[0].members[1].reasons);
        assert!(expected == Remove || reasons(&formed[0], 1).contains(&"one-item-to-google"));
    };
    check(&[with(camera(1)), with(camera(2))], Identical, Undecided);
    check(&[google(camera(1)), with(plain(2))], Thumbnail, Remove);
    check(&[google(camera(1)), with(plain(2)), with(plain(3))], Thumbnail, Undecided);
    check(&[AssetFacts { sha1: hash, ..camera(1) }, with(camera(2))], Identical, Undecided);
    let bytes = Some(ContentHash([7; 32]));
    check(&[AssetFacts { content: bytes, ..google(camera(1)) }, AssetFacts { content: bytes, ..google(camera(2)) }], Identical, Undecided);
    // A file of the same bytes on a disk is no Google item; and in a folder each file is an asset of its own.
    check(&[google(camera(1)), with(plain(2)), AssetFacts { sha1: hash, ..plain(3) }], Thumbnail, Remove);
    check(&[AssetFacts { sha1: hash, ..camera(1) }, AssetFacts { sha1: hash, ..camera(2) }], Identical, Remove);
    // An archive that is away is still in Google Photos.
    let away = |facts| AssetFacts { online: false, ..google(facts) };
    check(&[away(camera(1)), away(plain(2))], Thumbnail, Remove);
}

#[test]
fn another_source_is_information_unless_asked_for() {
    let assets = [camera(1), google(plain(2))];
    let evidence = [edge(1, 2, Thumbnail)];
    let formed = groups(&assets, &evidence, &Options::default());
    assert_eq!(formed[0].members[1].verdict, Undecided);
    assert_eq!(formed[0].members[1].reasons[0].words, "also in photos: a copy in another source justifies no removal");
    assert_eq!(form(&assets, &evidence, &across(2, 1)), [(1, vec![(2, Thumbnail, Undecided)])]);
    assert_eq!(form(&assets, &evidence, &across(1, 2)), [(1, vec![(2, Thumbnail, Remove)])]);
    // Equal files: the keeper is taken from the first source, whatever album the other stands in.
    let same = [AssetFacts { albums: vec!["Kyoto".into()], ..camera(1) }, google(camera(2))];
    assert_eq!(form(&same, &[edge(1, 2, SamePixels)], &across(2, 1)), [(2, vec![(1, SamePixels, Remove)])]);
}

#[test]
fn another_source_never_hides_the_duplicates_within_one() {
    // 1 and 2 are equal files on the disk, 3 the same in an archive and preferred for its album.
    let mut cloud = google(camera(3));
    cloud.albums = vec!["Kyoto".into()];
    let evidence = [edge(1, 2, Identical), edge(1, 3, Identical), edge(2, 3, Identical)];
    assert_eq!(
        form(&[camera(1), camera(2), cloud], &evidence, &Options::default()),
        [(1, vec![(2, Identical, Remove), (3, Identical, Undecided)])]
    );
}

#[test]
fn burst_frames_stay_and_keep_their_copies() {
    let (mut copy_1, mut copy_2) = (plain(3), plain(4));
    (copy_1.width, copy_2.width) = (800, 800);
    let assets = [camera(1), camera(2), copy_1, copy_2, camera(5)];
    let evidence = [
        edge(1, 2, Burst),
        edge(1, 3, Thumbnail),
        edge(2, 4, Thumbnail),
        edge(1, 4, Burst),
        edge(2, 3, Burst),
        edge(3, 4, Burst),
        edge(1, 5, Burst),
        edge(2, 5, Burst),
    ];
    let formed = groups(&assets, &evidence, &Options::default());
    assert_eq!(
        form(&assets, &evidence, &Options::default()),
        [(1, vec![(3, Thumbnail, Remove), (5, Burst, Keep)]), (2, vec![(4, Thumbnail, Remove)])]
    );
    let aside: Vec<(i64, i64, &str)> = formed[1].set_aside.iter().map(|s| (s.member.0, s.other.0, s.why.as_str())).collect();
    assert_eq!(
        aside,
        [
            (2, 1, "burst: keeps a group of its own"),
            (2, 5, "burst: stands with `/photos/000001.jpg`"),
            (2, 3, "burst: stands with `/photos/000001.jpg`"),
            (4, 1, "burst: keeps a group of its own"),
            (4, 3, "burst: stands with `/photos/000001.jpg`"),
        ]
    );
}

#[test]
fn pairs_go_by_the_persons_choice() {
    let with = |choice| Options { rules: crate::KeepRules::default().preferring(choice), ..Options::default() };
    let pair = [raw(1), camera(2)];
    let evidence = [edge(1, 2, RawJpeg)];
    assert_eq!(form(&pair, &evidence, &Options::default()), [(1, vec![(2, RawJpeg, Undecided)])]);
    assert_eq!(form(&pair, &evidence, &with(RawOrJpeg::Raw)), [(1, vec![(2, RawJpeg, Remove)])]);
    assert_eq!(form(&pair, &evidence, &with(RawOrJpeg::Jpeg)), [(2, vec![(1, RawJpeg, Remove)])]);
    let heic = [AssetFacts { format: Some(Format::Heic), ..camera(1) }, camera(2)];
    assert_eq!(form(&heic, &[edge(1, 2, HeicJpeg)], &Options::default()), [(1, vec![(2, HeicJpeg, Undecided)])]);
    assert_eq!(form(&heic, &[edge(1, 2, HeicJpeg)], &with(RawOrJpeg::Raw)), [(1, vec![(2, HeicJpeg, Remove)])]);
    // A small JPEG is no reason to lose the RAW.
    let small = [raw(1), AssetFacts { width: 1600, height: 1200, metadata: raw(2).metadata, ..camera(2) }];
    let mut honest = small.clone();
    (honest[1].metadata.claimed_width, honest[1].metadata.claimed_height) = (None, None);
    assert_eq!(form(&honest, &evidence, &with(RawOrJpeg::Jpeg)), [(2, vec![(1, RawJpeg, Undecided)])]);
    // The JPEG has copies: the RAW joins them and both stay.
    let three = [raw(1), camera(2), plain(3)];
    let copies = [edge(1, 2, RawJpeg), edge(2, 3, Thumbnail)];
    for options in [Options::default(), with(RawOrJpeg::Raw)] {
        assert_eq!(form(&three, &copies, &options), [(2, vec![(3, Thumbnail, Remove), (1, RawJpeg, Undecided)])]);
    }
    assert_eq!(form(&three, &copies, &with(RawOrJpeg::Jpeg)), [(2, vec![(3, Thumbnail, Remove), (1, RawJpeg, Remove)])]);
}

#[test]
fn a_preview_and_a_raw_stand_with_the_cameras_jpeg() {
    let small = AssetFacts { width: 1280, height: 960, ..raw(3) };
    let evidence = [edge(1, 2, RawJpeg), edge(1, 3, RawJpeg)];
    assert_eq!(
        form(&[camera(1), preview(2), small], &evidence, &Options::default()),
        [(1, vec![(3, RawJpeg, Undecided), (2, RawJpeg, Undecided)])]
    );
}

#[test]
fn a_persons_verdict_wins_but_for_the_last_and_the_keeper() {
    let decided = |facts: AssetFacts, verdict| AssetFacts { recorded: Some(verdict), ..facts };
    let check = |assets: &[AssetFacts], relation, expected: (i64, Verdict)| {
        let found = form(assets, &[edge(1, 2, relation)], &Options::default());
        assert_eq!((found[0].0, found[0].1[0].2), expected);
    };
    check(&[camera(1), decided(plain(2), Keep)], Thumbnail, (1, Keep));
    check(&[camera(1), decided(plain(2), Undecided)], Thumbnail, (1, Undecided));
    check(&[camera(1), decided(plain(2), Remove)], Rotated, (1, Remove));
    check(&[camera(1), decided(camera(2), Remove)], Burst, (1, Remove));
    // Who would be the keeper is removed: the other takes its place, smaller as it is.
    check(&[decided(camera(1), Remove), plain(2)], Thumbnail, (2, Remove));
    check(&[decided(camera(1), Remove), decided(plain(2), Remove)], Thumbnail, (1, Remove));
    // Nothing overrules what would lose a photo or touch what we may not.
    check(&[camera(1), decided(google(plain(2)), Remove)], Thumbnail, (1, Undecided));
    check(&[camera(1), decided(AssetFacts { reference: true, ..plain(2) }, Remove)], Thumbnail, (1, Undecided));
    let formed =
        groups(&[decided(camera(1), Remove), AssetFacts { trashed: true, ..plain(2) }], &[edge(1, 2, Thumbnail)], &Options::default());
    assert_eq!((formed[0].keeper().0, formed[0].members[0].verdict), (1, Keep));
    assert_eq!(formed[0].members[0].reasons[0].rule, "person");
}

#[test]
fn the_first_encode_is_not_offered_where_it_cannot_be_told() {
    let quality = |facts: AssetFacts, quality| {
        let mut facts = facts;
        facts.encoding.jpeg_quality = Some(quality);
        facts
    };
    let check = |member: u8, expected| {
        let formed = groups(&[quality(plain(1), 80), quality(plain(2), member)], &[edge(1, 2, ReEncoded)], &Options::default());
        assert_eq!(formed[0].members[1].verdict, expected, "{member}");
        assert_eq!(reasons(&formed[0], 1).contains(&"first-encode"), expected == Undecided);
    };
    check(70, Remove);
    check(71, Undecided);
    check(80, Undecided);
}

#[test]
fn reasons_come_in_order_with_what_would_be_lost() {
    let mut small = plain(2);
    small.albums = vec!["Kyoto".into()];
    small.companions = 1;
    let formed = groups(&[camera(1), small.clone()], &[edge(1, 2, Thumbnail)], &Options::default());
    assert_eq!(reasons(&formed[0], 1), ["companion", "thumbnail", "original-quality", "inherit-albums"]);
    assert_eq!(reasons(&formed[0], 0), ["original-quality"]);
    small.companions = 0;
    let formed = groups(&[camera(1), small], &[edge(1, 2, Thumbnail)], &Options::default());
    assert_eq!(reasons(&formed[0], 1), ["thumbnail", "original-quality", "inherit-albums"]);
}

#[test]
fn groups_come_with_the_most_bytes_offered_first() {
    let sized = |facts: AssetFacts, size_bytes| AssetFacts { size_bytes, ..facts };
    let assets = [camera(1), sized(plain(2), 10), camera(3), sized(plain(4), 99), camera(5), sized(plain(6), 500)];
    let evidence = [edge(1, 2, Thumbnail), edge(3, 4, Thumbnail), edge(5, 6, Rotated)];
    let formed = groups(&assets, &evidence, &Options::default());
    assert_eq!(formed.iter().map(|g| (g.id.0, g.keeper().0)).collect::<Vec<_>>(), [(3, 3), (1, 1), (5, 5)]);
}

#[test]
fn what_was_near_is_named_and_bounded() {
    let mut near = edge(1, 3, ReEncoded);
    (near.strict, near.notes) = (false, vec!["worst tile 9.1 levels".into()]);
    let evidence = [edge(1, 2, Thumbnail), near, edge(2, 4, Thumbnail), edge(1, 5, LookAlike)];
    let assets: Vec<AssetFacts> = [camera(1), plain(2), plain(3), plain(4), plain(5)].into();
    let formed = groups(&assets, &evidence, &Options::default());
    let aside: Vec<(i64, i64, &str)> = formed[0].set_aside.iter().map(|s| (s.member.0, s.other.0, s.why.as_str())).collect();
    assert_eq!(
        aside,
        [
            (1, 3, "re-encoded: the strict test was not passed (worst tile 9.1 levels)"),
            (1, 5, "look-alike: shown as a group only on request"),
            (2, 4, "thumbnail: near this member, but not near the keeper"),
        ]
    );
    let many = i64::try_from(SET_ASIDE_MAX).unwrap() + 3;
    let assets: Vec<AssetFacts> = (1..many + 3).map(plain).collect();
    let mut evidence: Vec<Evidence> = (3..many + 3).map(|id| Evidence { strict: false, ..edge(1, id, ReEncoded) }).collect();
    evidence.push(edge(1, 2, Identical));
    assert_eq!(groups(&assets, &evidence, &Options::default())[0].set_aside.len(), SET_ASIDE_MAX);
}

/// A soft photo and its copy in another format fall on either side of the limit of detail: neither is offered in favour of the other.
#[test]
fn a_soft_photo_is_not_offered_for_a_copy_that_is_no_smaller() {
    let soft = |id: i64, detail: f32, width: u32| AssetFacts {
        encoding: model::Encoding { detail: Some(detail), jpeg_quality: Some(93), ..Default::default() },
        width,
        height: width * 3 / 4,
        ..plain(id)
    };
    let mut copy = soft(2, 0.31, 1600);
    copy.format = Some(Format::WebP);
    let found = groups(&[soft(1, 0.29, 1600), copy.clone()], &[edge(1, 2, ReEncoded)], &Options::default());
    assert_eq!((found[0].keeper().0, found[0].members[1].verdict), (2, Undecided));
    assert_eq!(reasons(&found[0], 1)[0], "soft");
    copy.width = 800;
    copy.height = 600;
    let found = groups(&[soft(1, 0.2, 1600), copy], &[edge(1, 2, ReEncoded)], &Options::default());
    assert!(!reasons(&found[0], 1).contains(&"soft"), "a picture drawn up from a smaller one: {:?}", found[0].members[1].reasons);
}

#[test]
fn what_a_person_chose_is_the_keeper_and_its_own_relations_count() {
    let chosen = |facts: AssetFacts| AssetFacts { is_chosen: true, ..facts };
    let edges = [edge(1, 2, ReEncoded), edge(1, 3, Thumbnail), edge(2, 3, Thumbnail)];
    let formed = form(&[camera(1), chosen(plain(2)), plain(3)], &edges, &Options::default());
    assert_eq!(formed[0].0, 2);
    assert_eq!(formed[0].1.iter().map(|(id, ..)| *id).collect::<Vec<_>>(), [1, 3]);
    assert_ne!(formed[0].1[0].2, Remove, "the better picture is not offered by itself");
    // What was not compared with it leaves.
    assert_eq!(form(&[camera(1), chosen(plain(2)), plain(3)], &edges[..2], &Options::default())[0].1.len(), 1);
    // A RAW that joins the star of its JPEG by itself keeps it where it was chosen.
    let edges = [edge(1, 2, RawJpeg), edge(2, 3, ReEncoded), edge(1, 3, RawJpeg)];
    assert_eq!(form(&[raw(1), camera(2), plain(3)], &edges, &Options::default())[0].0, 2);
    assert_eq!(form(&[chosen(raw(1)), camera(2), plain(3)], &edges, &Options::default())[0].0, 1);
    let group = &groups(&[camera(1), chosen(plain(2))], &[edge(1, 2, ReEncoded)], &Options::default())[0];
    assert!(group.members[0].reasons.iter().any(|reason| reason.words == "you made it the keeper"), "{:?}", group.members[0].reasons);
}

#[test]
fn what_nothing_overrules_binds_a_member() {
    let bound = |b: AssetFacts| groups(&[camera(1), b], &[edge(1, 2, Identical)], &Options::default())[0].members[1].is_bound;
    assert!(!bound(plain(2)));
    assert!(bound(AssetFacts { reference: true, ..plain(2) }));
    assert!(bound(AssetFacts { source: SourceId(9), ..plain(2) }));
    assert!(!bound(AssetFacts { companions: 3, ..plain(2) }), "a person may overrule that");
}
