//! The review on drawn photos: what a person decides is kept, told to others, undone, and never guessed.
#![allow(clippy::disallowed_methods)] // tests move and take away files of their own

use model::{AssetId, Relation};
use pipeline::review::{
    Decided, GroupFilter, GroupRow, GroupState, GroupView, ListQuery, MEMBERS_SHOWN_MAX, PageFrom, Review, SortBy, StateFilter,
    VerdictWish, Wish,
};
use pipeline::{Catalog, Error, GroupOptions, ScanOptions, Silent, Stop, scan};
use std::path::PathBuf;

const TREE: &str = r#"
a/beach.jpg        picture=3 size=1200x900 jpeg=92 camera=pixel taken="2020:09:20 13:12:07"
a/beach-copy.jpg   same=a/beach.jpg
a/beach-small.jpg  picture=3 size=1200x900 fit=320 jpeg=80
b/hill.jpg         picture=5 size=1200x900 jpeg=92 camera=pixel taken="2019:01:02 03:04:05"
b/hill-again.jpg   picture=5 size=1200x900 jpeg=60
c/lake.jpg         picture=7 size=1200x900 jpeg=92 taken="2019:06:01 10:00:00"
c/lake-small.jpg   picture=7 size=1200x900 fit=400 jpeg=80
d/alone.jpg        picture=9 size=800x600
"#;

struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn with(tree: &str) -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a folder") };
        testkit::tree::build(tree, &world.photos()).expect("a tree");
        world.scan();
        world
    }

    fn photos(&self) -> PathBuf {
        self.folder.path().join("photos")
    }

    fn catalog(&self) -> PathBuf {
        self.folder.path().join("catalog.sqlite")
    }

    fn scan(&self) {
        let catalog = Catalog::open(&self.catalog()).expect("a catalog");
        let options = ScanOptions { paths: vec![self.photos()], ..ScanOptions::default() };
        scan(&catalog, &options, &Silent, &Stop::default()).expect("scanned");
        assert_eq!(catalog.check().expect("checked"), Vec::<String>::new());
    }

    fn review(&self) -> Review {
        Review::open(&self.catalog(), GroupOptions::default(), || 1_800_000_000).expect("a review")
    }

    fn rename(&self, from: &str, to: &str) {
        std::fs::create_dir_all(self.photos().join(to).parent().expect("a folder")).expect("made");
        std::fs::rename(self.photos().join(from), self.photos().join(to)).expect("moved");
    }
}

fn all() -> ListQuery {
    ListQuery::default()
}

fn rows(review: &Review, query: &ListQuery) -> Vec<GroupRow> {
    review.page(query, &PageFrom::Place(0), 200).expect("a page").groups
}

/// The group with a member of that name.
fn group_with(review: &Review, name: &str) -> Option<GroupView> {
    let found = rows(review, &all()).into_iter().find(|row| row.members.iter().any(|member| member.name == name))?;
    review.group(AssetId(found.id)).expect("read")
}

fn named(review: &Review, name: &str) -> GroupView {
    group_with(review, name).unwrap_or_else(|| panic!("no group holds {name}"))
}

fn asset(group: &GroupView, name: &str) -> i64 {
    group.all.iter().find(|member| member.row.name == name).unwrap_or_else(|| panic!("{name} is no member")).row.asset
}

/// Name, verdict, whether decided, of each member.
fn standing(group: &GroupView) -> Vec<(&str, &str, bool)> {
    group.all.iter().map(|member| (member.row.name.as_str(), member.row.verdict, member.row.decided)).collect()
}

fn decide(review: &Review, group: &GroupView, wish: &Wish) -> Decided {
    review.decide(group.row.id, group.row.version, wish).unwrap_or_else(|error| panic!("{wish:?}: {error}"))
}

fn verdict(asset: i64, verdict: VerdictWish) -> Wish {
    Wish::Verdicts { verdicts: vec![(asset, verdict)] }
}

fn undo(review: &Review) {
    let last = review.history().expect("read").undo.expect("something to undo");
    review.undo(last.id).expect("undone");
}

#[test]
fn a_decision_is_kept_over_scans_and_moves_and_undone_after_a_restart() {
    let world = World::with(TREE);
    let review = world.review();
    let beach = named(&review, "beach.jpg");
    assert_eq!(standing(&beach), [("beach.jpg", "keep", false), ("beach-copy.jpg", "remove", false), ("beach-small.jpg", "remove", false)]);
    assert_eq!((beach.row.state, beach.row.open, beach.row.removals), (GroupState::Open, 2, 2));
    decide(&review, &beach, &verdict(asset(&beach, "beach-small.jpg"), VerdictWish::Keep));
    let beach = named(&review, "beach.jpg");
    let decided = decide(&review, &beach, &Wish::Accept);
    assert_eq!(decided.groups[0].state, GroupState::Decided);
    let expected = [("beach.jpg", "keep", false), ("beach-copy.jpg", "remove", true), ("beach-small.jpg", "keep", true)];
    assert_eq!(standing(&named(&review, "beach.jpg")), expected);
    drop(review);
    // The same after a scan, and after all moved elsewhere.
    world.scan();
    assert_eq!(standing(&named(&world.review(), "beach.jpg")), expected);
    world.rename("a/beach-small.jpg", "z/kept.jpg");
    world.scan();
    let review = world.review();
    assert_eq!(standing(&named(&review, "beach.jpg"))[2], ("kept.jpg", "keep", true));
    undo(&review);
    undo(&review);
    assert_eq!(standing(&named(&review, "beach.jpg"))[1], ("beach-copy.jpg", "remove", false));
    let redo = review.history().expect("read").redo.expect("something to do again");
    review.redo(redo.id).expect("done again");
    assert!(review.history().expect("read").redo.is_some(), "the second of the two is still there");
    // Another change forgets what could be done again.
    let hill = named(&review, "hill.jpg");
    decide(&review, &hill, &Wish::Accept);
    assert_eq!(review.history().expect("read").redo, None);
}

#[test]
fn two_equal_files_that_moved_together_are_not_guessed() {
    let world = World::with("a/one.jpg picture=3 size=900x700\na/two.jpg same=a/one.jpg\n");
    let review = world.review();
    let group = named(&review, "one.jpg");
    decide(
        &review,
        &group,
        &Wish::Verdicts { verdicts: vec![(asset(&group, "one.jpg"), VerdictWish::Keep), (asset(&group, "two.jpg"), VerdictWish::Remove)] },
    );
    drop(review);
    world.rename("a/one.jpg", "b/x.jpg");
    world.rename("a/two.jpg", "b/y.jpg");
    world.scan();
    let group = named(&world.review(), "x.jpg");
    assert!(group.all.iter().all(|member| !member.row.decided), "{:?}", standing(&group));
    // Back at their places, the verdicts are theirs again.
    world.rename("b/x.jpg", "a/one.jpg");
    world.rename("b/y.jpg", "a/two.jpg");
    world.scan();
    assert_eq!(standing(&named(&world.review(), "one.jpg")), [("one.jpg", "keep", true), ("two.jpg", "remove", true)]);
}

#[test]
fn no_verdict_goes_to_a_photo_that_was_there_before_or_came_much_later() {
    let world = World::with("dl/a.jpg picture=3 size=900x700\noriginals/b.jpg same=dl/a.jpg\n");
    let review = world.review();
    let group = named(&review, "a.jpg");
    decide(&review, &group, &Wish::Accept);
    let (stays, goes) = (group.all[0].row.name.clone(), group.all[1].row.name.clone());
    drop(review);
    let place = |name: &str| if name == "a.jpg" { "dl/a.jpg" } else { "originals/b.jpg" };
    // The folder of the one that goes is called otherwise: the verdict goes with it, never to the keeper.
    world.rename(place(&goes), "moved/c.jpg");
    world.scan();
    assert_eq!(standing(&named(&world.review(), "c.jpg")), [(stays.as_str(), "keep", false), ("c.jpg", "remove", true)]);
    // It is gone at last; the same bytes that come later were never decided on.
    std::fs::remove_file(world.photos().join("moved/c.jpg")).expect("gone");
    world.scan();
    assert!(group_with(&world.review(), &stays).is_none());
    std::fs::create_dir_all(world.photos().join("book")).expect("a folder");
    std::fs::copy(world.photos().join(place(&stays)), world.photos().join("book/d.jpg")).expect("copied");
    world.scan();
    let review = world.review();
    let group = named(&review, "d.jpg");
    assert!(group.all.iter().all(|member| !member.row.decided), "{:?}", standing(&group));
    let catalog = Catalog::open_read_only(&world.catalog()).expect("a catalog");
    let formed = pipeline::form(&catalog, &GroupOptions::default()).expect("formed");
    assert_eq!(formed.groups[0].keeper().0, group.row.id, "the command line sees the same");
}

#[test]
fn a_keep_goes_with_the_file_that_was_moved_and_an_undo_finds_it_there() {
    let world = World::with("a/s1.jpg picture=3 size=900x700\na/s22.jpg same=a/s1.jpg\n");
    let review = world.review();
    let group = named(&review, "s22.jpg");
    decide(&review, &group, &verdict(asset(&group, "s22.jpg"), VerdictWish::Keep));
    drop(review);
    world.rename("a/s22.jpg", "a/renamed.jpg");
    world.scan();
    let review = world.review();
    let group = named(&review, "renamed.jpg");
    let kept: Vec<_> = group.all.iter().filter(|member| member.row.decided).map(|member| member.row.name.as_str()).collect();
    assert_eq!(kept, ["renamed.jpg"]);
    undo(&review);
    assert!(named(&review, "renamed.jpg").all.iter().all(|member| !member.row.decided));
    let redo = review.history().expect("read").redo.expect("something to do again");
    review.redo(redo.id).expect("done again");
    assert_eq!(named(&review, "renamed.jpg").all.iter().filter(|member| member.row.decided).count(), 1);
}

#[test]
fn a_rating_written_into_a_file_loses_no_keep_and_no_parting() {
    let world = World::with(TREE);
    let review = world.review();
    let (hill, lake) = (named(&review, "hill.jpg"), named(&review, "lake.jpg"));
    decide(&review, &hill, &verdict(asset(&hill, "hill-again.jpg"), VerdictWish::Keep));
    decide(&review, &lake, &Wish::NotTheSame { asset: asset(&lake, "lake-small.jpg") });
    drop(review);
    for name in ["b/hill-again.jpg", "c/lake-small.jpg"] {
        let path = world.photos().join(name);
        let bytes = std::fs::read(&path).expect("read");
        // A comment behind the start of the image.
        std::fs::write(&path, [&bytes[..2], b"\xFF\xFE\x00\x07stars", &bytes[2..]].concat()).expect("written");
    }
    world.scan();
    let review = world.review();
    assert!(standing(&named(&review, "hill.jpg")).contains(&("hill-again.jpg", "keep", true)));
    assert!(group_with(&review, "lake.jpg").is_none());
}

#[test]
fn the_heir_of_a_keeper_is_a_copy_and_offered_ones_may_be_it() {
    let world = World::with(TREE);
    let review = world.review();
    let hill = named(&review, "hill.jpg");
    decide(&review, &hill, &verdict(asset(&hill, "hill.jpg"), VerdictWish::Remove));
    assert_eq!(standing(&named(&review, "hill.jpg")), [("hill-again.jpg", "keep", false), ("hill.jpg", "remove", true)]);
    undo(&review);
    assert_eq!(named(&review, "hill.jpg").row.version, hill.row.version);
}

#[test]
fn a_verdict_to_remove_ends_with_the_photo_that_was_to_stay() {
    let world = World::with(TREE);
    let review = world.review();
    let hill = named(&review, "hill.jpg");
    decide(&review, &hill, &verdict(asset(&hill, "hill-again.jpg"), VerdictWish::Remove));
    drop(review);
    std::fs::remove_file(world.photos().join("b/hill.jpg")).expect("gone");
    testkit::tree::build("b/worse.jpg picture=5 size=1200x900 fit=300 jpeg=50\n", &world.photos()).expect("a tree");
    world.scan();
    let group = named(&world.review(), "hill-again.jpg");
    assert_eq!(standing(&group)[0], ("hill-again.jpg", "keep", false), "the better copy stays though it was once to go");
}

#[test]
fn who_decided_first_wins_and_the_later_one_is_told() {
    let world = World::with(TREE);
    let (mine, other) = (world.review(), world.review());
    let seen = named(&mine, "beach.jpg");
    decide(&other, &seen, &Wish::Accept);
    let late = mine.decide(seen.row.id, seen.row.version, &verdict(asset(&seen, "beach-copy.jpg"), VerdictWish::Keep));
    assert!(matches!(late, Err(Error::Conflict { .. })), "{late:?}");
    assert!(named(&mine, "beach.jpg").all[1].row.decided, "the first decision stands");
    let last = mine.history().expect("read").undo.expect("seen here too");
    other.undo(last.id).expect("undone");
    assert!(matches!(mine.undo(last.id), Err(Error::Conflict { .. })));
    // All groups at once from two sides: each is decided exactly once.
    let work = |review: &Review| {
        let rows = rows(review, &all());
        rows.iter().map(|row| review.decide(row.id, row.version, &Wish::Accept).is_ok()).collect::<Vec<_>>()
    };
    let outcomes: Vec<bool> = std::thread::scope(|scope| {
        let hands = [scope.spawn(|| work(&mine)), scope.spawn(|| work(&other))];
        hands.into_iter().flat_map(|hand| hand.join().expect("no panic")).collect()
    });
    assert!(outcomes.iter().filter(|ok| **ok).count() >= 3);
    assert!(rows(&mine, &all()).iter().all(|row| row.state == GroupState::Decided));
    let open = ListQuery { filter: GroupFilter { state: Some(StateFilter::Open), ..GroupFilter::default() }, ..all() };
    assert_eq!(mine.page(&open, &PageFrom::Place(0), 50).expect("a page").total, 0);
}

#[test]
fn one_of_a_group_always_stays() {
    let world = World::with(TREE);
    let review = world.review();
    let beach = named(&review, "beach.jpg");
    let everything = beach.all.iter().map(|member| (member.row.asset, VerdictWish::Remove)).collect();
    let refused = review.decide(beach.row.id, beach.row.version, &Wish::Verdicts { verdicts: everything });
    assert!(matches!(&refused, Err(Error::User { what, .. }) if what.contains("has to stay")), "{refused:?}");
    assert_eq!(review.history().expect("read").undo, None, "nothing was kept");
    // The keeper may go where another stays: that becomes the keeper.
    let keeper = asset(&beach, "beach.jpg");
    let wish = Wish::Verdicts { verdicts: vec![(keeper, VerdictWish::Remove), (asset(&beach, "beach-copy.jpg"), VerdictWish::Keep)] };
    let refused = review.decide(beach.row.id, beach.row.version, &wish).map(|decided| decided.groups.len());
    assert_eq!(refused.expect("decided"), 1);
    let group = named(&review, "beach.jpg");
    assert_eq!(standing(&group)[0], ("beach-copy.jpg", "keep", true));
    assert!(!group.all[0].is_chosen, "by the rules, not by the person");
    assert!(standing(&group).contains(&("beach.jpg", "remove", true)));
    assert!(standing(&group).contains(&("beach-small.jpg", "remove", false)), "compared with the new keeper");
}

#[test]
fn nobody_accepts_what_is_not_shown() {
    let copies: String = (0..MEMBERS_SHOWN_MAX + 5).map(|n| format!("b/copy-{n}.jpg same=a.jpg\n")).collect();
    let world = World::with(&format!("a.jpg picture=3 size=500x400\n{copies}"));
    let review = world.review();
    let group = named(&review, "a.jpg");
    assert_eq!((group.row.members_count, group.all.len()), (MEMBERS_SHOWN_MAX as u64 + 6, MEMBERS_SHOWN_MAX));
    let after = decide(&review, &group, &Wish::Accept);
    assert_eq!((after.groups[0].state, after.groups[0].open), (GroupState::Open, 6));
    let rest = named(&review, "a.jpg");
    assert_eq!(rest.all.iter().filter(|member| !member.row.decided).count(), 7, "the keeper and those that were not shown come first");
    assert_eq!(decide(&review, &rest, &Wish::Accept).groups[0].state, GroupState::Decided);
}

#[test]
fn another_keeper_is_compared_with_all_and_who_fails_leaves() {
    let world = World::with(TREE);
    let review = world.review();
    let beach = named(&review, "beach.jpg");
    let small = asset(&beach, "beach-small.jpg");
    decide(&review, &beach, &Wish::Keeper { asset: small });
    let group = named(&review, "beach-small.jpg");
    assert_eq!((group.row.id, group.all[0].is_chosen), (small, true));
    assert!(group.all[1..].iter().all(|member| member.row.verdict != "remove"), "larger ones are not offered: {:?}", standing(&group));
    // A person may still say so.
    decide(&review, &group, &verdict(asset(&group, "beach.jpg"), VerdictWish::Remove));
    assert!(standing(&named(&review, "beach-small.jpg")).contains(&("beach.jpg", "remove", true)));
    undo(&review);
    undo(&review);
    assert_eq!(named(&review, "beach.jpg").row.id, beach.row.id);
    assert_eq!(named(&review, "beach.jpg").row.version, beach.row.version, "as it was before");
}

#[test]
fn what_is_not_the_same_stays_apart_over_scans() {
    let world = World::with(TREE);
    let review = world.review();
    let lake = named(&review, "lake.jpg");
    let small = asset(&lake, "lake-small.jpg");
    let decided = decide(&review, &lake, &Wish::NotTheSame { asset: small });
    assert_eq!((decided.groups.len(), decided.left.len()), (0, 2));
    assert!(group_with(&review, "lake.jpg").is_none());
    drop(review);
    world.rename("c/lake-small.jpg", "e/other name.jpg");
    world.scan();
    let review = world.review();
    assert!(group_with(&review, "lake.jpg").is_none(), "by content, not by name");
    let parted = review.parted(None, 10).expect("read");
    let names: Vec<_> = [&parted[0].a, &parted[0].b].into_iter().flatten().map(|side| side.name.as_str()).collect();
    assert!(parted.len() == 1 && names.contains(&"other name.jpg") && names.contains(&"lake.jpg"), "{names:?}");
    assert_eq!(review.overview().expect("read").progress.not_the_same, 1);
    review.rejoin(parted[0].id).expect("taken back");
    assert!(group_with(&review, "lake.jpg").is_some());
    undo(&review);
    assert!(group_with(&review, "lake.jpg").is_none());
    // Equal bytes are the same photo.
    let beach = named(&review, "beach.jpg");
    decide(&review, &beach, &Wish::NotTheSame { asset: asset(&beach, "beach-small.jpg") });
    let twins = named(&review, "beach.jpg");
    let refused = review.decide(twins.row.id, twins.row.version, &Wish::NotTheSame { asset: asset(&twins, "beach-copy.jpg") });
    assert!(matches!(&refused, Err(Error::User { what, .. }) if what.contains("coded exactly")), "{refused:?}");
}

#[test]
fn a_whole_list_is_accepted_as_previewed_or_not_at_all() {
    let world = World::with(TREE);
    let review = world.review();
    let relations = [Relation::Identical, Relation::Thumbnail];
    let preview = review.preview_accept(&all(), &relations).expect("a preview");
    assert_eq!((preview.groups, preview.assets, preview.first.len()), (2, 3, 3));
    let lake = named(&review, "lake.jpg");
    decide(&review, &lake, &Wish::Accept);
    assert!(matches!(review.accept(&all(), &relations, &preview.token), Err(Error::Conflict { .. })));
    let preview = review.preview_accept(&all(), &relations).expect("a preview");
    assert_eq!(preview.assets, 2);
    review.accept(&all(), &relations, &preview.token).expect("accepted");
    assert!(named(&review, "beach.jpg").all[1..].iter().all(|member| member.row.decided && member.row.verdict == "remove"));
    assert!(!named(&review, "hill.jpg").all[1].row.decided, "a relation that was not chosen");
    assert_eq!(review.preview_accept(&all(), &relations).expect("a preview").assets, 0);
    let progress = review.overview().expect("read").progress;
    assert_eq!((progress.decided, progress.decided_removals), (2, 3));
    undo(&review);
    assert!(!named(&review, "beach.jpg").all[1].row.decided);
    assert!(named(&review, "lake.jpg").all[1].row.decided);
}

#[test]
fn keep_rules_are_counted_before_and_hold_for_all() {
    let world = World::with(TREE);
    let review = world.review();
    assert!(!review.rules().expect("read").is_chosen);
    let mut told = 0;
    let preview = review.preview_rules("path:**/*small*,pixels,compression", &mut |_| {
        told += 1;
        true
    });
    let preview = preview.expect("counted");
    assert_eq!((preview.groups, preview.other_keeper, preview.done_per_mille), (3, 2, 1000));
    assert!(told > 0 && preview.removals < preview.removals_now);
    assert!(review.preview_rules("biggest", &mut |_| true).is_err());
    review.set_rules(Some("path:**/*small*,pixels,compression")).expect("in force");
    assert_eq!(named(&review, "lake.jpg").all[0].row.name, "lake-small.jpg");
    drop(review);
    let review = world.review();
    assert!(review.rules().expect("read").is_chosen);
    assert_eq!(named(&review, "lake.jpg").all[0].row.name, "lake-small.jpg", "after a restart");
    let catalog = Catalog::open_read_only(&world.catalog()).expect("a catalog");
    let formed = pipeline::form(&catalog, &GroupOptions::default()).expect("formed");
    assert!(formed.groups.iter().any(|group| formed.path_of(group.keeper()).ends_with("lake-small.jpg")), "in other faces too");
    undo(&review);
    assert_eq!(named(&review, "lake.jpg").all[0].row.name, "lake.jpg");
}

#[test]
fn pages_are_the_whole_list_in_every_order() {
    let world = World::with(TREE);
    let review = world.review();
    for sort in SortBy::ALL {
        for reverse in [false, true] {
            let query = ListQuery { sort, reverse, ..all() };
            let whole: Vec<i64> = rows(&review, &query).iter().map(|row| row.id).collect();
            let (mut paged, mut from) = (Vec::new(), PageFrom::Place(0));
            loop {
                let page = review.page(&query, &from, 1).expect("a page");
                assert_eq!((page.total, page.at), (3, paged.len() as u64), "{sort:?} {reverse}");
                paged.extend(page.groups.iter().map(|row| row.id));
                let Some(next) = page.next else { break };
                from = PageFrom::After(next);
            }
            assert_eq!(paged, whole, "{sort:?} {reverse}");
            for (at, id) in whole.iter().enumerate() {
                let near = review.neighbours(&query, *id).expect("read");
                assert_eq!((near.at, near.is_listed), (at as u64, true), "{sort:?} {reverse}");
                assert_eq!(near.previous, at.checked_sub(1).map(|at| whole[at]));
                assert_eq!(near.next, whole.get(at + 1).copied());
            }
        }
    }
    let found = |filter: GroupFilter| {
        let rows = rows(&review, &ListQuery { filter, ..all() });
        rows.iter().map(|row| row.members[0].name.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        found(GroupFilter { folder: Some(world.photos().join("a").display().to_string()), ..GroupFilter::default() }),
        ["beach.jpg"]
    );
    assert_eq!(
        found(GroupFilter { from: Some("2019-06-01".into()), until: Some("2019-06-01".into()), ..GroupFilter::default() }),
        ["lake.jpg"]
    );
    assert_eq!(found(GroupFilter { relations: [Relation::ReEncoded].into(), ..GroupFilter::default() }), ["hill.jpg"]);
    assert_eq!(found(GroupFilter { source: Some("photos".into()), ..GroupFilter::default() }).len(), 3);
    assert!(
        review
            .page(
                &ListQuery { filter: GroupFilter { source: Some("x".into()), ..GroupFilter::default() }, ..all() },
                &PageFrom::Place(0),
                1
            )
            .is_err()
    );
    assert!(review.page(&all(), &PageFrom::After("n1".into()), 1).is_err());
    // A cursor whose group is gone goes on behind its place.
    let dated = ListQuery { sort: SortBy::Date, ..all() };
    let first = review.page(&dated, &PageFrom::Place(0), 1).expect("a page");
    let second = rows(&review, &dated)[1].id;
    let gone = review.group(AssetId(first.groups[0].id)).expect("read").expect("there");
    decide(&review, &gone, &Wish::NoneTheSame);
    let page = review.page(&dated, &PageFrom::After(first.next.expect("a cursor")), 1).expect("a page");
    assert_eq!((page.groups[0].id, page.at, page.total), (second, 0, 2));
}

#[test]
fn a_scan_beside_the_review_is_heard() {
    let world = World::with(TREE);
    let review = world.review();
    let before = review.pulse().expect("read");
    assert!(!before.is_busy);
    testkit::tree::build("f/new.jpg picture=11 size=1200x900\nf/new-copy.jpg same=f/new.jpg\n", &world.photos()).expect("a tree");
    world.scan();
    let after = review.pulse().expect("read");
    assert!(after.is_busy && after.epoch != before.epoch && after.files == before.files + 2);
    assert!(group_with(&review, "new.jpg").is_some());
}
