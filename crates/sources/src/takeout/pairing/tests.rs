//! One row for each naming rule and each way it was seen to go wrong. A new odd case is a new row.

use super::{Rule, SidecarName, pair};
use model::Role;
use proptest::prelude::*;

/// Pairs one folder, written as its media and its sidecars `(name, title)`, and checks each media file: sidecar (`-` for none), role and
/// rule. The order in which the folder is listed must not matter.
fn check(media: &[&str], sidecars: &[(&str, &str)], expected: &[(&str, &str)]) {
    let mut media = media.to_vec();
    let mut sidecars: Vec<SidecarName<'_>> =
        sidecars.iter().map(|(name, title)| SidecarName { name, title: (*title != "?").then_some(title) }).collect();
    for _ in 0..2 {
        let pairings = pair(&media, &sidecars);
        assert_eq!(expected.len(), media.len(), "one expectation for each media file");
        for (name, wanted) in expected {
            let at = media.iter().position(|known| known == name).expect("in the list");
            let found = pairings[at];
            let of = found.of.map_or_else(String::new, |of| format!(" of {}", media[of]));
            let told = format!("{} {}{of}", found.sidecar.map_or("-", |index| sidecars[index].name), found.rule);
            assert_eq!(told, *wanted, "{name} among {media:?} and {sidecars:?}");
            let belongs = found.of.is_some();
            assert_eq!(belongs, found.role != Role::Original, "{name}: {found:?}");
            assert!(!belongs || matches!((found.rule, found.role), (Rule::Clip, Role::Companion) | (Rule::Edited | Rule::Rendition, _)));
        }
        media.reverse();
        sidecars.reverse();
    }
}

/// Checks one media file against one sidecar.
fn check_one(media: &str, sidecar: &str, title: &str, rule: &str) {
    let wanted = if matches!(rule, "unpaired" | "ambiguous") { format!("- {rule}") } else { format!("{sidecar} {rule}") };
    check(&[media], &[(sidecar, title)], &[(media, &wanted)]);
}

#[test]
fn one_media_file_and_one_sidecar() {
    let stem = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"; // 52 units
    let first = |units: usize| &stem[..units];
    let long = format!("{stem}.jpg");
    let rows: Vec<(String, String, &str, &str)> = [
        // Rules 2 and 3: both schemes.
        ("ferry.jpg", "ferry.jpg.json", "ferry.jpg", "exact"),
        ("ferry.jpg", "ferry.jpg.supplemental-metadata.json", "ferry.jpg", "exact"),
        ("ferry_at_the_long_quay_01.jpg", "ferry_at_the_long_quay_01.jpg.supplemental-met.json", "ferry_at_the_long_quay_01.jpg", "exact"),
        ("ferry.jpg", "ferry.jpg.supplemental-met.json", "ferry.jpg", "unpaired"),
        ("ferry.jpg", "quay.jpg.json", "quay.jpg", "unpaired"),
        ("ferry.JPG", "ferry.jpg.json", "ferry.jpg", "unpaired"),
        // Rule 4: Google's counter; rule 5: the title's own.
        ("ferry(2).jpg", "ferry.jpg(2).json", "ferry.jpg", "counter"),
        ("ferry(2).jpg", "ferry.jpg.supplemental-metadata(2).json", "ferry.jpg", "counter"),
        ("ferry(2).jpg", "ferry.jpg(1).json", "ferry.jpg", "unpaired"),
        ("ferry(2).jpg", "ferry.jpg.json", "ferry.jpg", "unpaired"),
        ("ferry.jpg", "ferry.jpg(2).json", "ferry.jpg", "unpaired"),
        ("ferry (2).jpg", "ferry (2).jpg.json", "ferry (2).jpg", "exact"),
        ("ferry(2).jpg", "ferry(2).jpg.supplemental-metadata.json", "ferry(2).jpg", "exact"),
        ("f_(8).(x).lol(8).jpg", "f_(8).(x).lol.jpg(8).json", "f_(8).(x).lol.jpg", "counter"),
        ("ferry(1)(1).jpg", "ferry(1).jpg(1).json", "ferry(1).jpg", "counter"),
        ("ferry(1).HEIC", "ferry.HEIC(1).supplemental-metadata.json", "ferry.HEIC", "counter"),
        ("NOTES(1)", "NOTES.supplemental-metadata(1).json", "NOTES", "counter"),
        // Characters that no file may have, and those that only some exports replace.
        ("a_b_c_.jpg", "a_b_c_.jpg.json", "a/b:c?.jpg", "exact"),
        ("you & me.jpg", "you & me.jpg.json", "you & me.jpg", "exact"),
        ("you _ me.jpg", "you _ me.jpg.json", "you & me.jpg", "replaced"),
        ("it_s.jpg", "it_s.jpg.supplemental-metadata(1).json", "it's.jpg", "unpaired"),
        ("it_s(1).jpg", "it_s.jpg.supplemental-metadata(1).json", "it's.jpg", "replaced"),
        // Rule 12: Unicode forms; the emoji of one title may be cut on either side.
        ("cafe\u{301}.jpg", "caf\u{e9}.jpg.json", "cafe\u{301}.jpg", "exact"),
        ("caf\u{e9}.jpg", "cafe\u{301}.jpg.json", "caf\u{e9}.jpg", "exact"),
        // Rule 10: titles without extension, or with another one.
        ("20030616.jpg", "20030616.json", "20030616", "no-extension"),
        ("17_4 - 1.mov", "17_4 - 1.mov.json", "17/4 - 1", "exact"),
        ("17_4 - 1.mov", "17_4 - 1.json", "17/4 - 1", "no-extension"),
        ("17_4 - 1(2).mov", "17_4 - 1(2).json", "17/4 - 1", "no-extension"),
        ("scan.MOV.jpg", "scan.MOV.supplemental-metadata.json", "scan.MOV", "no-extension"),
        ("[UNSET].jpg", "[UNSET].jpg.json", "", "exact"),
        ("[UNSET](3).jpg", "[UNSET].jpg(3).json", "?", "name"),
        // A title that has nothing to do with the names, or none.
        ("ferry.jpg", "ferry.jpg.json", "Another day", "name"),
        ("ferry(2).jpg", "ferry.jpg(2).json", "?", "name"),
        ("ferry.jpg", "ferry.json", "?", "stem"),
        ("ferry.jpg", "ferry.json", "ferry.jpg", "stem"),
        ("ferry(1).jpg", "ferry(1).json", "?", "stem"),
        ("ferry.jpg", "ferry.json", "Another day.jpg", "unpaired"),
        // Rule 11: one character of drift.
        ("party_n-.jpg", "party_n.json", "?", "drift"),
        ("party_n.jpg", "party_.json", "party_n.jpg", "drift"),
        ("party_.jpg", "party.json", "?", "drift"),
        ("party_(2).jpg", "party(2).json", "?", "drift"),
        ("partyx.jpg", "party.json", "?", "unpaired"),
        // Rule 8: a twin made by the phone's editor has a title of its own.
        ("PXL_7.MP~2.jpg", "PXL_7.MP~2.jpg.json", "PXL_7.MP~2.jpg", "exact"),
        ("PXL_7.MP~2.jpg", "PXL_7.MP.jpg.json", "PXL_7.MP.jpg", "unpaired"),
        // A film in another container; stills are never guessed so.
        ("IMG_7.MP4", "IMG_7.MOV.json", "IMG_7.MOV", "container"),
        ("IMG_7.JPG", "IMG_7.PNG.json", "IMG_7.PNG", "unpaired"),
        // All that is left of an asset.
        ("IMG_7-edited.JPG", "IMG_7.JPG.json", "IMG_7.JPG", "edited"),
        ("IMG_7-edited.jpg", "IMG_7.HEIC.json", "IMG_7.HEIC", "edited"),
        ("IMG_7.MP4", "IMG_7.HEIC.json", "IMG_7.HEIC", "clip"),
        ("PXL_7.MP", "PXL_7.MP.jpg.supplemental-metadata.json", "?", "clip"),
    ]
    .map(|(media, sidecar, title, rule)| (media.to_owned(), sidecar.to_owned(), title, rule))
    .into_iter()
    .chain([
        // Rule 1 and 2: cuts at 51 and 46.
        (format!("{}.jpg", first(47)), format!("{}.json", first(46)), long.as_str(), "cut"),
        (format!("{}(1).jpg", first(47)), format!("{}(1).json", first(46)), &long, "counter"),
        (format!("{}(1).jpg", first(47)), format!("{}.json", first(46)), &long, "lost-counter"),
        (format!("{}(1).jpg", first(47)), format!("{}(2).json", first(46)), &long, "unpaired"),
        (format!("{}.jpg", first(47)), format!("{}.json", first(46)), "?", "name"),
        (format!("{}(5).jpg", first(47)), format!("{}.json", first(46)), "?", "lost-counter"),
        (format!("{}.jpg", first(47)), format!("{}.json", first(41)), "?", "prefix"),
        (format!("{}.jpg", first(47)), format!("{}.json", first(41)), &long, "prefix"),
        (format!("{}.jpg", first(30)), format!("{}.json", first(25)), &long, "prefix"),
        (format!("{}.jpg", first(30)), format!("{}.json", first(25)), "?", "unpaired"),
        (format!("{}.jpg", first(47)), format!("{}.json", first(38)), &long, "prefix"),
        (format!("{}.jpg", first(47)), format!("{}.json", first(37)), &long, "unpaired"),
        (format!("{}.jpg", first(25)), format!("{}.json", first(20)), &long, "prefix"),
        (format!("{}.jpg", first(25)), format!("{}.json", first(19)), &long, "unpaired"),
        (format!("{}(1).jpg", first(47)), format!("{}.json", first(41)), "?", "unpaired"),
    ])
    .collect();
    for (media, sidecar, title, rule) in &rows {
        check_one(media, sidecar, title, rule);
    }
}

#[test]
fn emoji_are_cut_by_units_on_either_side_of_the_pair() {
    let title = format!("{}.jpg", "😀".repeat(30));
    for kept in [23, 24] {
        let media = format!("{}.jpg", "😀".repeat(kept));
        let sidecar = format!("{}.json", "😀".repeat(23));
        check_one(&media, &sidecar, &title, "cut");
    }
    check_one(&format!("{}.jpg", "😀".repeat(22)), &format!("{}.json", "😀".repeat(23)), &title, "unpaired");
}

#[test]
fn edited_in_every_language_belongs_to_the_original() {
    for ending in [
        "-edited",
        "-bearbeitet",
        "-modifié",
        "-modifie\u{301}",
        "-modificato",
        "-editado",
        "-ha editado",
        "-editat",
        "-bewerkt",
        "-edytowane",
        "-redigeret",
        "-redigerad",
        "-muokattu",
        "-upravené",
        "-отредактировано",
        "-изменено",
        "-відредаговано",
        "-düzenlendi",
        "-編集済み",
        "-编辑",
        "-편집됨",
    ] {
        let rendition = format!("IMG_7{ending}.jpg");
        check(
            &["IMG_7.jpg", &rendition],
            &[("IMG_7.jpg.json", "IMG_7.jpg")],
            &[("IMG_7.jpg", "IMG_7.jpg.json exact"), (&rendition, "IMG_7.jpg.json edited of IMG_7.jpg")],
        );
    }
    for ending in ["-EFFECTS", "-smile", "-MIX", "_Bokeh"] {
        let rendition = format!("IMG_7{ending}.jpg");
        check(
            &["IMG_7.jpg", &rendition],
            &[("IMG_7.jpg.json", "IMG_7.jpg")],
            &[("IMG_7.jpg", "IMG_7.jpg.json exact"), (&rendition, "IMG_7.jpg.json rendition of IMG_7.jpg")],
        );
    }
}

#[test]
fn a_rendition_keeps_its_originals_counter() {
    let sidecars = [("IMG_7.jpg.supplemental-metadata.json", "IMG_7.jpg"), ("IMG_7.jpg.supplemental-metadata(1).json", "IMG_7.jpg")];
    check(
        &["IMG_7.jpg", "IMG_7(1).jpg", "IMG_7-edited(1).jpg"],
        &sidecars,
        &[
            ("IMG_7.jpg", "IMG_7.jpg.supplemental-metadata.json exact"),
            ("IMG_7(1).jpg", "IMG_7.jpg.supplemental-metadata(1).json counter"),
            ("IMG_7-edited(1).jpg", "IMG_7.jpg.supplemental-metadata(1).json edited of IMG_7(1).jpg"),
        ],
    );
    // No original of that number: nothing, rather than the other one's.
    check(
        &["IMG_7.jpg", "IMG_7-edited(2).jpg"],
        &sidecars[..1],
        &[("IMG_7.jpg", "IMG_7.jpg.supplemental-metadata.json exact"), ("IMG_7-edited(2).jpg", "- unpaired")],
    );
    // The number may be the title's own.
    check(
        &["IMG (7).jpg", "IMG (7)-edited.jpg"],
        &[("IMG (7).jpg.json", "IMG (7).jpg")],
        &[("IMG (7).jpg", "IMG (7).jpg.json exact"), ("IMG (7)-edited.jpg", "IMG (7).jpg.json edited of IMG (7).jpg")],
    );
}

#[test]
fn a_sidecar_of_its_own_beats_an_inherited_one() {
    check(
        &["IMG_7.JPG", "IMG_7-edited.JPG", "IMG_7-COLLAGE.JPG", "IMG_7.MOV"],
        &[
            ("IMG_7.JPG.json", "IMG_7.JPG"),
            ("IMG_7-edited.JPG.json", "IMG_7-edited.JPG"),
            ("IMG_7-COLLAGE.JPG.json", "IMG_7-COLLAGE.JPG"),
            ("IMG_7.MOV.json", "IMG_7.MOV"),
        ],
        &[
            ("IMG_7.JPG", "IMG_7.JPG.json exact"),
            ("IMG_7-edited.JPG", "IMG_7-edited.JPG.json exact"),
            ("IMG_7-COLLAGE.JPG", "IMG_7-COLLAGE.JPG.json exact"),
            ("IMG_7.MOV", "IMG_7.MOV.json exact"),
        ],
    );
}

#[test]
fn renditions_find_originals_of_another_extension() {
    check(
        &["IMG_7.HEIC", "IMG_7-edited.jpg"],
        &[("IMG_7.HEIC.json", "IMG_7.HEIC")],
        &[("IMG_7.HEIC", "IMG_7.HEIC.json exact"), ("IMG_7-edited.jpg", "IMG_7.HEIC.json edited of IMG_7.HEIC")],
    );
    // Two could be it, and neither has its extension.
    check(
        &["IMG_7.HEIC", "IMG_7.DNG", "IMG_7-edited.jpg"],
        &[("IMG_7.HEIC.json", "IMG_7.HEIC")],
        &[("IMG_7.HEIC", "IMG_7.HEIC.json exact"), ("IMG_7.DNG", "- unpaired"), ("IMG_7-edited.jpg", "- ambiguous")],
    );
    // A film is no photo edited.
    check(
        &["IMG_7.HEIC", "IMG_7-edited.mp4"],
        &[("IMG_7.HEIC.json", "IMG_7.HEIC")],
        &[("IMG_7.HEIC", "IMG_7.HEIC.json exact"), ("IMG_7-edited.mp4", "- unpaired")],
    );
    // Without any sidecar the name still tells.
    check(&["IMG_7.jpg", "IMG_7-edited.jpg"], &[], &[("IMG_7.jpg", "- unpaired"), ("IMG_7-edited.jpg", "- edited of IMG_7.jpg")]);
}

#[test]
fn a_cut_ending_counts_only_at_the_limit() {
    let stem = "a".repeat(43);
    let (original, rendition) = (format!("{stem}.jpg"), format!("{stem}-edi.jpg"));
    let own = format!("{}.json", &original[..46]);
    check(
        &[&original, &rendition],
        &[(&own, &original)],
        &[(&original, &format!("{own} cut")), (&rendition, &format!("{own} edited of {original}"))],
    );
    check(
        &["IMG_7.jpg", "IMG_7-edi.jpg"],
        &[("IMG_7.jpg.json", "IMG_7.jpg")],
        &[("IMG_7.jpg", "IMG_7.jpg.json exact"), ("IMG_7-edi.jpg", "- unpaired")],
    );
}

#[test]
fn clips_belong_to_their_stills() {
    for (still, clip) in [
        ("IMG_7.HEIC", "IMG_7.MP4"),
        ("IMG_7.HEIC", "IMG_7.MOV"),
        ("IMG_7.JPG", "IMG_7.mov"),
        ("20231227_152817.jpg", "20231227_152817.MP4"),
        ("PXL_7.MP.jpg", "PXL_7.MP"),
        ("PXL_7.MP.jpg", "PXL_7.MV"),
        ("PXL_7.MV.jpg", "PXL_7.MV"),
        ("PXL_7.MP~2.jpg", "PXL_7.MP~2"),
        ("PXL_7~2.jpg", "PXL_7~2.mp4"),
        ("MVIMG_7.jpg", "MVIMG_7"),
    ] {
        let sidecar = format!("{still}.json");
        check(&[still, clip], &[(&sidecar, still)], &[(still, &format!("{sidecar} exact")), (clip, &format!("{sidecar} clip of {still}"))]);
    }
    let numbered = [("IMG_7.HEIC.json", "IMG_7.HEIC"), ("IMG_7.HEIC(1).json", "IMG_7.HEIC")];
    check(
        &["IMG_7.HEIC", "IMG_7(1).HEIC", "IMG_7(1).MP4", "IMG_7.MP4"],
        &numbered,
        &[
            ("IMG_7.HEIC", "IMG_7.HEIC.json exact"),
            ("IMG_7(1).HEIC", "IMG_7.HEIC(1).json counter"),
            ("IMG_7(1).MP4", "IMG_7.HEIC(1).json clip of IMG_7(1).HEIC"),
            ("IMG_7.MP4", "IMG_7.HEIC.json clip of IMG_7.HEIC"),
        ],
    );
    let motion = [("PXL_7.MP.jpg(1).json", "PXL_7.MP.jpg")];
    for clip in ["PXL_7.MP(1)", "PXL_7(1).MP"] {
        check(
            &["PXL_7.MP(1).jpg", clip],
            &motion,
            &[("PXL_7.MP(1).jpg", "PXL_7.MP.jpg(1).json counter"), (clip, "PXL_7.MP.jpg(1).json clip of PXL_7.MP(1).jpg")],
        );
    }
}

#[test]
fn a_clip_between_two_stills_goes_to_the_heic() {
    check(
        &["IMG_7.HEIC", "IMG_7.JPG", "IMG_7.MP4"],
        &[("IMG_7.HEIC.json", "IMG_7.HEIC"), ("IMG_7.JPG.json", "IMG_7.JPG")],
        &[
            ("IMG_7.HEIC", "IMG_7.HEIC.json exact"),
            ("IMG_7.JPG", "IMG_7.JPG.json exact"),
            ("IMG_7.MP4", "IMG_7.HEIC.json clip of IMG_7.HEIC"),
        ],
    );
}

#[test]
fn what_could_be_two_things_is_neither() {
    // Two films for one still.
    check(
        &["IMG_7.HEIC", "IMG_7.MP4", "IMG_7.MOV"],
        &[("IMG_7.HEIC.json", "IMG_7.HEIC")],
        &[("IMG_7.HEIC", "IMG_7.HEIC.json exact"), ("IMG_7.MP4", "- ambiguous"), ("IMG_7.MOV", "- ambiguous")],
    );
    // A still without a sidecar says nothing of the film beside it.
    check(&["IMG_7.HEIC", "IMG_7.MP4"], &[], &[("IMG_7.HEIC", "- unpaired"), ("IMG_7.MP4", "- unpaired")]);
    check(&["PXL_7.MP.jpg", "PXL_7.MP"], &[], &[("PXL_7.MP.jpg", "- unpaired"), ("PXL_7.MP", "- clip of PXL_7.MP.jpg")]);
    // The MP4 may be the clip of the HEIC or the MOV of the other sidecar.
    check(
        &["IMG_7.HEIC", "IMG_7.MP4"],
        &[("IMG_7.HEIC.json", "IMG_7.HEIC"), ("IMG_7.MOV.json", "IMG_7.MOV")],
        &[("IMG_7.HEIC", "IMG_7.HEIC.json exact"), ("IMG_7.MP4", "- ambiguous")],
    );
    // One title without extension, two files of that stem.
    check(&["17_4.jpg", "17_4.png"], &[("17_4.json", "17/4")], &[("17_4.jpg", "- ambiguous"), ("17_4.png", "- ambiguous")]);
    // One Unicode form each of one name.
    check(
        &["\u{e9}.jpg", "e\u{301}.jpg"],
        &[("\u{e9}.jpg.json", "\u{e9}.jpg")],
        &[("\u{e9}.jpg", "- ambiguous"), ("e\u{301}.jpg", "- ambiguous")],
    );
}

#[test]
fn one_item_in_both_schemes_takes_the_newer() {
    let both = [("a.jpg.json", "a.jpg"), ("a.jpg.supplemental-metadata.json", "a.jpg")];
    check(&["a.jpg"], &both, &[("a.jpg", "a.jpg.supplemental-metadata.json exact")]);
    // Two items of one title, each in its own scheme and so each without a number: who can say.
    check(&["a.jpg", "a(1).jpg"], &both, &[("a.jpg", "- ambiguous"), ("a(1).jpg", "- unpaired")]);
    check(
        &["a.jpg", "a(1).jpg"],
        &[both[1], ("a.jpg(1).json", "a.jpg")],
        &[("a.jpg", "a.jpg.supplemental-metadata.json exact"), ("a(1).jpg", "a.jpg(1).json counter")],
    );
}

#[test]
fn the_titles_own_number_goes_before_googles() {
    let sidecars = [("a(1).jpg.json", "a(1).jpg"), ("a.jpg(1).json", "a.jpg")];
    check(&["a(1).jpg"], &sidecars, &[("a(1).jpg", "a(1).jpg.json exact")]);
    // Numbered once more: then either may be meant.
    check(&["a(1).jpg", "a(1)(1).jpg"], &sidecars, &[("a(1).jpg", "- ambiguous"), ("a(1)(1).jpg", "- unpaired")]);
}

#[test]
fn titles_cut_to_one_sidecar_name_are_told_by_the_titles() {
    let stem = "s".repeat(46);
    let titles = [format!("{stem}1.jpg"), format!("{stem}2.png")];
    let sidecars = [format!("{stem}.json"), format!("{stem}(1).json")];
    check(
        &[&titles[0], &titles[1]],
        &[(&sidecars[0], &titles[0]), (&sidecars[1], &titles[1])],
        &[(&titles[0], &format!("{} cut", sidecars[0])), (&titles[1], &format!("{} counter", sidecars[1]))],
    );
    // Of the second title there are two files, and one sidecar with a number that counts both titles.
    let twin = format!("{stem}2(1).png");
    check(
        &[&titles[0], &titles[1], &twin],
        &[(&sidecars[0], &titles[0]), (&sidecars[1], &titles[1])],
        &[(&titles[0], &format!("{} cut", sidecars[0])), (&titles[1], "- unpaired"), (&twin, "- unpaired")],
    );
}

#[test]
fn a_lost_counter_needs_the_other_file_to_be_gone() {
    let stem = "p".repeat(47);
    let (title, twin, sidecar) = (format!("{stem}.jpg"), format!("{stem}(1).jpg"), format!("{}.json", &stem[..46]));
    for known in [title.as_str(), "?"] {
        let rule = if known == "?" { "name" } else { "cut" };
        check(&[&title, &twin], &[(&sidecar, known)], &[(&title, &format!("{sidecar} {rule}")), (&twin, "- unpaired")]);
        check(&[&twin], &[(&sidecar, known)], &[(&twin, &format!("{sidecar} lost-counter"))]);
    }
}

#[test]
fn of_an_absent_original_one_file_takes_the_place() {
    check(
        &["IMG_7-edited.JPG", "IMG_7-EFFECTS.JPG", "IMG_7.MP4"],
        &[("IMG_7.JPG.json", "IMG_7.JPG")],
        &[
            ("IMG_7-edited.JPG", "IMG_7.JPG.json edited"),
            ("IMG_7-EFFECTS.JPG", "IMG_7.JPG.json rendition of IMG_7-edited.JPG"),
            ("IMG_7.MP4", "IMG_7.JPG.json clip of IMG_7-edited.JPG"),
        ],
    );
}

#[test]
fn chains_lead_to_the_original() {
    check(
        &["IMG_7.HEIC", "IMG_7-edited.HEIC", "IMG_7-edited.MP4"],
        &[("IMG_7.HEIC.json", "IMG_7.HEIC")],
        &[
            ("IMG_7.HEIC", "IMG_7.HEIC.json exact"),
            ("IMG_7-edited.HEIC", "IMG_7.HEIC.json edited of IMG_7.HEIC"),
            ("IMG_7-edited.MP4", "IMG_7.HEIC.json clip of IMG_7.HEIC"),
        ],
    );
}

#[test]
fn names_listed_twice_count_once() {
    let sidecar = SidecarName { name: "a.jpg.json", title: Some("a.jpg") };
    let found = pair(&["a.jpg", "b.jpg", "a.jpg"], &[sidecar, sidecar]);
    assert_eq!((found[0].sidecar, found[0].rule), (Some(0), Rule::Exact));
    assert_eq!(found[2], found[0]);
    assert_eq!(found[1].rule, Rule::Unpaired);
}

#[test]
fn rule_names_come_back() {
    for &rule in Rule::ALL {
        assert_eq!(Rule::from_name(rule.name()), Some(rule));
    }
    assert_eq!(Rule::from_name("guess"), None);
}

type NameOf = fn(usize, &str) -> String;
type SidecarOf = fn(usize, &str) -> (String, String);

/// Fifty thousand names, in the three shapes that would show a quadratic step. Generous: seconds, where a quadratic step takes minutes.
#[test]
fn a_folder_of_fifty_thousand_takes_seconds() {
    let started = std::time::Instant::now();
    let long = "x".repeat(46);
    let shapes: [(NameOf, SidecarOf); 3] = [
        (
            |n, _| format!("IMG_{n:05}.{}", if n % 2 == 0 { "HEIC" } else { "MOV" }),
            |n, _| (format!("IMG_{n:05}.HEIC.json"), format!("IMG_{n:05}.HEIC")),
        ),
        (|n, long| format!("{long}{}({n}).jpg", n % 10), |n, long| (format!("{long}({n}).json"), format!("{long}{}.jpg", n % 10))),
        (
            |n, _| format!("a({}).jpg", n + 1),
            |n, _| {
                let scheme = if n % 2 == 0 { ".supplemental-metadata" } else { "" };
                (format!("a.jpg{scheme}({}).json", n / 2 + 1), "a.jpg".to_owned())
            },
        ),
    ];
    for (medium, sidecar) in shapes {
        let media: Vec<String> = (0..50_000).map(|n| medium(n, &long)).collect();
        let sidecars: Vec<(String, String)> = (0..50_000).map(|n| sidecar(n, &long)).collect();
        let media: Vec<&str> = media.iter().map(String::as_str).collect();
        let named: Vec<SidecarName<'_>> = sidecars.iter().map(|(name, title)| SidecarName { name, title: Some(title) }).collect();
        assert_eq!(pair(&media, &named).len(), media.len());
    }
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn equal_names_without_end_stay_bounded() {
    // Twelve accents, each in either Unicode form: 4096 names that are one.
    let name = |n: u32| (0..12).map(|bit| if n >> bit & 1 == 0 { "\u{e9}" } else { "e\u{301}" }).collect::<String>();
    let media: Vec<String> = (0..4096).map(|n| format!("{}.jpg", name(n))).collect();
    let sidecars: Vec<String> = media.iter().map(|name| format!("{name}.json")).collect();
    let media: Vec<&str> = media.iter().map(String::as_str).collect();
    for title in [Some(media[0]), None] {
        let named: Vec<SidecarName<'_>> = sidecars.iter().map(|name| SidecarName { name, title }).collect();
        assert!(pair(&media, &named).iter().all(|found| matches!(found.rule, Rule::Ambiguous | Rule::Unpaired)));
    }
}

#[test]
fn a_beginning_is_looked_for_among_sixteen() {
    let beginning = "b".repeat(41);
    let sidecar = format!("{beginning}.json");
    let near = format!("{beginning}zz.jpg");
    for (far, expected) in [(15, Rule::Prefix), (16, Rule::Unpaired)] {
        let others: Vec<String> = (0..far).map(|n| format!("{beginning}-far-away-{n:02}.jpg")).collect();
        let media: Vec<&str> = others.iter().map(String::as_str).chain([near.as_str()]).collect();
        let found = pair(&media, &[SidecarName { name: &sidecar, title: None }]);
        assert_eq!(found.last().map(|found| found.rule), Some(expected), "{far} others");
    }
}

/// Names close to each other, so that matchers meet.
fn name() -> impl Strategy<Value = String> {
    let stem = prop_oneof!["[ab]{1,2}", Just("IMG_1".to_owned()), Just("s".repeat(47)), Just("é😀".repeat(17)), ".{0,3}"];
    let ending = prop_oneof![Just(""), Just("-edited"), Just("-"), Just("_"), Just("~2"), Just(".MP")];
    let counter = prop_oneof![Just(""), Just("(1)"), Just("(2)"), Just("(1)(1)")];
    let extension = prop_oneof![Just(""), Just(".jpg"), Just(".HEIC"), Just(".MP4"), Just(".MP")];
    (stem, ending, counter, extension).prop_map(|(stem, ending, counter, extension)| format!("{stem}{ending}{counter}{extension}"))
}

fn sidecar() -> impl Strategy<Value = (String, Option<String>)> {
    let scheme = prop_oneof![Just(""), Just(".supplemental-metadata"), Just(".supp"), Just(".")];
    let counter = prop_oneof![Just(""), Just("(1)"), Just("(2)")];
    (name(), scheme, counter, proptest::option::of(name())).prop_map(|(name, scheme, counter, other)| {
        let cut: String = format!("{name}{scheme}").chars().take(46).collect();
        (format!("{cut}{counter}.json"), other.filter(|other| other.len() % 2 == 0).or(Some(name)))
    })
}

proptest! {
    #[test]
    fn the_invariants_hold_for_any_names(
        media in proptest::collection::vec(name(), 0..14),
        sidecars in proptest::collection::vec(sidecar(), 0..14),
    ) {
        let media: std::collections::BTreeSet<String> = media.into_iter().collect();
        let sidecars: std::collections::BTreeMap<String, Option<String>> = sidecars.into_iter().collect();
        let mut media: Vec<&str> = media.iter().map(String::as_str).collect();
        let mut named: Vec<SidecarName<'_>> = sidecars.iter().map(|(name, title)| SidecarName { name, title: title.as_deref() }).collect();
        let found = pair(&media, &named);
        prop_assert_eq!(found.len(), media.len());
        let mut originals = std::collections::HashSet::new();
        for pairing in &found {
            match pairing.of {
                None => {
                    prop_assert_eq!(pairing.role, Role::Original);
                    prop_assert!(pairing.sidecar.is_none_or(|sidecar| originals.insert(sidecar)), "a sidecar serves one original");
                }
                Some(of) => {
                    prop_assert!(found[of].of.is_none() && pairing.role != Role::Original);
                    prop_assert_eq!(pairing.sidecar, found[of].sidecar);
                }
            }
            prop_assert!(pairing.sidecar.is_none() || !matches!(pairing.rule, Rule::Ambiguous | Rule::Unpaired));
        }
        let told = |media: &[&str], named: &[SidecarName<'_>], found: &[super::Pairing]| {
            let mut told: Vec<String> = media.iter().zip(found)
                .map(|(name, p)| format!("{name:?} {:?} {} {:?}", p.sidecar.map(|s| named[s].name), p.rule, p.of.map(|of| media[of])))
                .collect();
            told.sort();
            told
        };
        let before = told(&media, &named, &found);
        media.reverse();
        named.reverse();
        let found = pair(&media, &named);
        prop_assert_eq!(told(&media, &named, &found), before, "the order of names must not matter");
    }
}
