//! Rows, lists, page and fates, from groups drawn by hand.

use super::former::{Former, FormerKeeper, sort};
use super::rows::{Chosen, Row, choose};
use super::{HandoffOptions, STEP, ids_of, lists, page};
use crate::group::{Formed, GroupOptions, facts_of};
use catalog::{AssetPlace, AssetRow};
use model::{
    AssetId, Evidence, Group, GroupId, LocationPath, Member, Presence, Proof, Reason, Relation, Role, Sha1Hash, Source, SourceId,
    SourceKind, Verdict,
};
use std::collections::BTreeMap;

/// Returns an asset of source 1 (`takeout`), 2 (`photos`, a folder) or 3 (`second`, another account).
fn asset(id: i64, source: i64) -> AssetRow {
    let place = AssetPlace {
        path: LocationPath::member("/t/takeout-20240501T101500Z-001.zip", format!("Takeout/Google Photos/a/{id}.jpg")),
        role: Role::Original,
        presence: Presence::Present,
        size_bytes: 1000,
        content: None,
        content_hash: None,
        sha1: Some(Sha1Hash([u8::try_from(id).expect("a small id"); 20])),
        payload: None,
        sidecar: None,
        rule: None,
    };
    let google = source != 2;
    AssetRow {
        id: AssetId(id),
        source: SourceId(source),
        google_id: google.then(|| format!("AF1Qip{id}")),
        filename: format!("{id}.jpg"),
        content: None,
        size_bytes: 1000,
        taken: None,
        uploaded_utc_seconds: None,
        place: None,
        caption: None,
        favourite: false,
        archived: false,
        trashed: false,
        locked: false,
        partner: false,
        origin: None,
        product_url: google.then(|| format!("https://photos.google.com/photo/AF1Qip{id}")),
        presence: Presence::Present,
        albums: Vec::new(),
        people: Vec::new(),
        places: vec![place],
        print: None,
        carried: Vec::new(),
        removed_before: None,
    }
}

fn group(keeper: i64, members: &[(i64, Verdict, &'static str)]) -> Group {
    let member = |asset: i64, relation, verdict, reasons, evidence| Member {
        asset: AssetId(asset),
        relation,
        verdict,
        offered: verdict,
        reasons,
        is_bound: false,
        evidence,
    };
    let mut all = vec![member(keeper, None, Verdict::Keep, Vec::new(), None)];
    for &(id, verdict, rule) in members {
        let (a, b) = (AssetId(id.min(keeper)), AssetId(id.max(keeper)));
        let edge = Evidence { a, b, relation: Relation::Thumbnail, strict: true, proof: Proof::Payload, notes: Vec::new() };
        all.push(member(id, Some(Relation::Thumbnail), verdict, vec![Reason::new(rule, "as tested")], Some(edge)));
    }
    Group { id: GroupId(keeper), members: all, set_aside: Vec::new() }
}

fn formed(assets: Vec<AssetRow>, groups: Vec<Group>) -> Formed {
    let source = |id: i64, name: &str, kind| Source {
        id: SourceId(id),
        name: name.to_owned(),
        kind,
        roots: Vec::new(),
        online: true,
        reference: false,
    };
    let sources =
        [source(1, "takeout", SourceKind::Takeout), source(2, "photos", SourceKind::Folder), source(3, "second", SourceKind::Takeout)];
    let sources = sources.into_iter().map(|source| (source.id, source)).collect();
    let facts = assets.iter().filter_map(|asset| Some(facts_of(asset, std::collections::HashMap::get(&sources, &asset.source)?))).collect();
    Formed { assets, facts, evidence: Vec::new(), groups, recorded: Default::default(), sources }
}

fn named(ids: &[&str]) -> HandoffOptions {
    HandoffOptions { ids: Some(ids.iter().map(|id| (*id).to_owned()).collect()), ..HandoffOptions::default() }
}

fn ids(chosen: &Chosen) -> Vec<&str> {
    chosen.rows.iter().map(|row| row.item.id.as_str()).collect()
}

fn left(chosen: &Chosen) -> Vec<(&str, &str)> {
    chosen.left_out.iter().map(|one| (one.id.as_str(), one.rule.as_str())).collect()
}

#[test]
fn a_row_names_what_its_keeper_lacks_and_links_both() {
    let (mut keeper, mut copy) = (asset(1, 1), asset(2, 1));
    keeper.albums = vec!["Trip".to_owned()];
    (copy.albums, copy.favourite) = (vec!["Best".to_owned(), "Trip".to_owned()], true);
    (copy.caption, copy.people) = (Some(" At the lake ".to_owned()), vec!["Zoë".to_owned()]);
    let formed = formed(vec![keeper, copy], vec![group(1, &[(2, Verdict::Remove, "thumbnail")])]);
    let chosen = choose(&formed, &HandoffOptions { account: Some(1), ..HandoffOptions::default() });
    let [row] = chosen.rows.as_slice() else { panic!("one row") };
    assert_eq!(row.item.link.as_deref(), Some("https://photos.google.com/u/1/photo/AF1Qip2"));
    assert_eq!(row.keeper.as_ref().and_then(|keeper| keeper.link.as_deref()), Some("https://photos.google.com/u/1/photo/AF1Qip1"));
    assert_eq!(row.item.dedup_key.as_deref(), Some("AgICAgICAgICAgICAgICAgICAgI"));
    let lacks = &row.keeper_lacks;
    assert_eq!((lacks.albums.as_slice(), lacks.favourite, lacks.caption.as_deref()), (&["Best".to_owned()][..], true, Some("At the lake")));
    assert_eq!(lacks.more, ["the keeper does not name “Zoë”"]);
    let html = page_of(&chosen.rows);
    assert!(html.find("photo/AF1Qip1") < html.find("photo/AF1Qip2"), "the keeper's link comes first");
    for words in ["the album “<span class=\"name\">Best</span>”", "the favourite mark", "At the lake"] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn what_is_one_item_to_google_or_kept_elsewhere_is_left_out() {
    let mut twin = asset(3, 1);
    twin.places[0].sha1 = asset(2, 1).places[0].sha1;
    let assets = vec![asset(1, 1), asset(2, 1), twin, asset(4, 2), asset(5, 1), asset(6, 1)];
    let groups = vec![
        group(1, &[(2, Verdict::Remove, "thumbnail"), (6, Verdict::Undecided, "one-item-to-google")]),
        group(4, &[(5, Verdict::Undecided, "other-source")]),
    ];
    let formed = formed(assets, groups);
    let chosen = choose(&formed, &HandoffOptions::default());
    assert_eq!(ids(&chosen), <[&str; 0]>::default());
    assert_eq!(left(&chosen), [("AF1Qip2", "one-item-to-google"), ("AF1Qip6", "one-item-to-google"), ("AF1Qip5", "other-source")]);
    let chosen = choose(&formed, &named(&["AF1Qip3", "AF1Qip5"]));
    assert_eq!((ids(&chosen), left(&chosen)), (vec!["AF1Qip5"], vec![("AF1Qip3", "one-item-to-google")]));
    assert!(chosen.rows[0].keeper.is_none() && chosen.rows[0].notes[0].contains("no copy of this photo is known to stay"));
}

/// google-photos-deduper, issue 137: Google trashes by the key that equal bytes share, so that another keeper than the one offered went with
/// its twin. Whichever photo is chosen to stay, nothing is handed off that has its key, or that of another that stays.
#[test]
fn another_keeper_does_not_go_with_its_twin() {
    let mut twin = asset(2, 1);
    twin.places[0].sha1 = asset(1, 1).places[0].sha1;
    let assets = vec![asset(1, 1), twin, asset(3, 1)];
    // Where both twins would go, the person does that by hand too: one click takes both.
    for (keeper, others, expected) in [(1, [2, 3], ["AF1Qip3"].as_slice()), (2, [1, 3], &["AF1Qip3"]), (3, [1, 2], &[])] {
        let formed = formed(assets.clone(), vec![group(keeper, &others.map(|id| (id, Verdict::Remove, "thumbnail")))]);
        assert_eq!(ids(&choose(&formed, &HandoffOptions::default())), expected, "keeper {keeper}");
    }
    // One of the twins is kept beside the keeper: then neither goes.
    let formed = formed(assets, vec![group(3, &[(1, Verdict::Keep, "kept"), (2, Verdict::Remove, "thumbnail")])]);
    let chosen = choose(&formed, &HandoffOptions::default());
    assert_eq!((ids(&chosen), left(&chosen)), (vec![], vec![("AF1Qip2", "one-item-to-google")]));
}

#[test]
fn the_same_item_in_two_sources_never_stands_for_itself() {
    let mut again = asset(2, 3);
    again.google_id = Some("AF1Qip1".to_owned());
    let formed = formed(vec![asset(1, 1), again], vec![group(1, &[(2, Verdict::Remove, "thumbnail")])]);
    let across = GroupOptions { across: vec![("takeout".to_owned(), "second".to_owned())], ..GroupOptions::default() };
    let chosen = choose(&formed, &HandoffOptions { groups: across, ..HandoffOptions::default() });
    assert_eq!((ids(&chosen), left(&chosen)), (vec![], vec![("AF1Qip1", "one-item-to-google")]));
}

#[test]
fn named_photos_need_no_plan_but_their_keeper_stays() {
    let (mut trashed, mut foreign, mut unlinked) = (asset(5, 1), asset(6, 1), asset(7, 1));
    trashed.trashed = true;
    foreign.product_url = Some("https://evil.example/photo/AF1Qip6".to_owned());
    (unlinked.google_id, unlinked.product_url) = (None, None);
    let assets = vec![asset(1, 1), asset(2, 1), asset(3, 1), asset(4, 2), trashed, foreign, unlinked];
    let formed = formed(assets, vec![group(1, &[(2, Verdict::Undecided, "raw+jpeg")])]);
    let wanted = ["google:AF1Qip2", "AF1Qip1", "AF1Qip3", "asset:4", "AF1Qip5", "AF1Qip6", "asset:7", "AF1Qip99", "asset:x"];
    let chosen = choose(&formed, &named(&wanted));
    assert_eq!(ids(&chosen), ["AF1Qip2", "AF1Qip3", "AF1Qip6", "asset:7"]);
    assert_eq!(left(&chosen), [("AF1Qip1", "keeper"), ("asset:4", "not-google"), ("AF1Qip5", "trashed")]);
    assert_eq!(chosen.unknown, ["AF1Qip99", "asset:x"]);
    assert_eq!(chosen.rows[0].keeper.as_ref().map(|keeper| keeper.id.as_str()), Some("AF1Qip1"));
    assert_eq!(chosen.rows[1].notes, ["no copy of it was found"]);
    let html = page_of(&chosen.rows);
    assert!(html.contains("https://evil.example/photo/AF1Qip6") && !html.contains("\"https://evil.example"), "shown as text");
    assert_eq!(lists::ids(&chosen.rows), b"AF1Qip2\nAF1Qip3\nAF1Qip6\nasset:7\n");
}

#[test]
fn ids_are_read_line_by_line() {
    assert_eq!(ids_of("\u{feff} AF1QipA \r\n\n\tasset:7\nAF1QipA\n"), ["AF1QipA", "asset:7"]);
    assert!(ids_of(" \n").is_empty());
}

#[test]
fn hostile_words_stay_words() {
    let mut copy = asset(2, 1);
    copy.filename = "=HYPERLINK(\"x\")<img src=x onerror=alert(1)>\u{202e}gpj.\u{1b}[2J".to_owned();
    copy.google_id = Some("\"><script>x</script>".to_owned());
    copy.albums = vec!["</ul><script>album</script>".to_owned()];
    copy.caption = Some("'</section>".to_owned());
    let formed = formed(vec![asset(1, 1), copy], vec![group(1, &[(2, Verdict::Remove, "thumbnail")])]);
    let rows = choose(&formed, &HandoffOptions::default()).rows;
    let html = page_of(&rows);
    assert_eq!((html.matches("<script").count(), html.matches("</section>").count(), html.matches("<img").count()), (1, 1, 0));
    assert!(!html.contains('\u{202e}') && !html.contains('\u{1b}'));
    let csv = String::from_utf8(lists::csv(&rows).expect("CSV")).expect("UTF-8");
    assert!(csv.contains("\"'=HYPERLINK(\"\"x\"\")<img"), "{csv}");
}

#[test]
fn the_page_comes_in_steps_and_lets_nothing_else_in() {
    let count = 2 * STEP + 20;
    let assets = (1..=i64::try_from(count).expect("small")).map(|id| asset(id, 1)).collect();
    let wanted: Vec<String> = (1..=count).map(|id| format!("AF1Qip{id}")).collect();
    let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let rows = choose(&formed(assets, Vec::new()), &named(&wanted)).rows;
    let html = page_of(&rows);
    assert_eq!((html.matches("<section ").count(), html.matches("class=\"row\"").count()), (3, count));
    assert!(html.contains("Step 3 of 3: photos 101 to 120") && html.contains("120 photos to move"));
    let policy = "content=\"default-src 'none'; img-src 'self' file:; style-src 'sha256-";
    assert!(html.contains(policy) && !html.contains("unsafe"), "{}", &html[..600]);
    assert_eq!(html.matches("target=\"_blank\" rel=\"noopener noreferrer\"").count(), count);
    assert_eq!(html, page_of(&rows), "the same rows give the same page");
}

#[test]
fn only_what_is_shown_to_be_gone_is_ticked_off() {
    let former = |id: i64, keeper: Option<i64>| Former {
        id: format!("AF1Qip{id}"),
        name: format!("{id}.jpg"),
        source: "takeout".to_owned(),
        keeper: keeper.map(|id| FormerKeeper { id: format!("AF1Qip{id}") }),
    };
    let (mut trashed, mut away, mut away_too, mut renewed) = (asset(3, 1), asset(4, 1), asset(5, 1), asset(6, 1));
    trashed.trashed = true;
    for row in [&mut away, &mut away_too] {
        (row.presence, row.places[0].presence) = (Presence::Offline, Presence::Offline);
    }
    renewed.places[0].path.file = "/t/takeout-20240701T101500Z-001.zip".into();
    let formed = formed(vec![asset(1, 1), asset(2, 1), trashed, away, away_too, renewed], Vec::new());
    for (case, one, is_gone) in [
        ("there", former(2, Some(1)), false),
        ("in Google's trash", former(3, Some(1)), true),
        ("away, and its keeper in the same export", former(4, Some(1)), false),
        ("away, and its keeper in a later export", former(4, Some(6)), true),
        ("away as its keeper is", former(5, Some(4)), false),
        ("away, without a keeper", former(5, None), false),
        ("not in the catalog, its keeper there", former(9, Some(1)), true),
        ("not in the catalog, its keeper away", former(9, Some(4)), false),
        ("not in the catalog, without a keeper", former(9, None), true),
        ("nor is its source", Former { source: "second".to_owned(), ..former(9, None) }, false),
    ] {
        assert_eq!(sort(vec![one.clone(), one], &formed).gone.len(), usize::from(is_gone), "{case}");
    }
}

#[test]
fn a_former_document_is_read_back_and_a_strange_one_is_not() {
    let formed = formed(vec![asset(1, 1), asset(2, 1)], vec![group(1, &[(2, Verdict::Remove, "thumbnail")])]);
    let rows = choose(&formed, &HandoffOptions::default()).rows;
    let gone = [Former { id: "AF1Qip9".to_owned(), name: "9.jpg".to_owned(), source: "takeout".to_owned(), keeper: None }];
    let document = lists::Document {
        lookalike_handoff: lists::VERSION,
        account: None,
        rows: &rows,
        left_out: &[],
        unknown_ids: &[],
        gone: &gone,
        waiting: &[],
    };
    let read = lists::read_back(&lists::json(&document).expect("JSON")).expect("ours");
    let ids: Vec<_> = read.iter().map(|former| (former.id.as_str(), former.keeper.as_ref().map(|keeper| keeper.id.as_str()))).collect();
    assert_eq!(ids, [("AF1Qip2", Some("AF1Qip1")), ("AF1Qip9", None)]);
    for strange in ["{}", "[]", "{\"rows\":[]}", "{\"lookalike_handoff\":2,\"rows\":[]}", "{\"lookalike_handoff\":1,"] {
        assert!(lists::read_back(strange.as_bytes()).is_none(), "{strange}");
    }
}

fn page_of(rows: &[Row]) -> String {
    page::page(rows, &[], &BTreeMap::new(), None, &page::Progress { gone: 0, former: 0 })
}
