//! What a keeper gains, by what both sides have.

use super::*;
use model::{AssetId, Encoding, Metadata, SourceId, SourceKind};

fn facts() -> AssetFacts {
    AssetFacts {
        asset: AssetId(1),
        source: SourceId(1),
        source_name: "photos".into(),
        source_kind: SourceKind::Folder,
        online: true,
        reference: false,
        path: "/p/a.jpg".into(),
        name: "a.jpg".into(),
        format: None,
        width: 0,
        height: 0,
        orientation: 1,
        size_bytes: 1,
        content: None,
        sha1: None,
        metadata: Metadata::default(),
        encoding: Encoding::default(),
        taken: None,
        uploaded_utc_seconds: None,
        albums: Vec::new(),
        favourite: false,
        archived: false,
        trashed: false,
        locked: false,
        partner: false,
        caption: None,
        people: Vec::new(),
        place: None,
        origin: None,
        companions: 0,
        renditions: 0,
        in_library_package: false,
        recorded: None,
        is_chosen: false,
        removed_before: None,
    }
}

fn held(change: impl Fn(&mut AssetFacts)) -> Held {
    let mut facts = facts();
    change(&mut facts);
    Held::of(&facts, &Curation::default())
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn at(utc_seconds: i64, source: TimeSource) -> Instant {
    Instant { utc_seconds, nanos: 0, offset_minutes: None, source, why: "" }
}

#[test]
fn lists_are_joined_and_single_facts_go_where_there_is_none() {
    let place = GeoPoint { latitude: 1.0, longitude: 2.0, altitude_m: None };
    let keeper = held(|facts| (facts.albums, facts.caption) = (names(&["a"]), Some(" ".into())));
    let member = held(|facts| {
        (facts.albums, facts.people, facts.favourite) = (names(&["b", "a", "b", " "]), names(&["Zoë"]), true);
        (facts.metadata.keywords, facts.metadata.rating) = (names(&["tree"]), Some(4));
        (facts.metadata.caption, facts.place) = (Some("At the lake".into()), Some(place));
    });
    let expected = Curation {
        albums: names(&["b"]),
        favourite: true,
        caption: Some("At the lake".into()),
        people: names(&["Zoë"]),
        keywords: names(&["tree"]),
        rating: Some(4),
        place: Some(place),
        ..Curation::default()
    };
    assert_eq!(keeper.gains(&member), expected);
    assert_eq!(member.gains(&keeper), Curation::default(), "what it has, it does not gain");
    let mut keeper = keeper;
    keeper.take(&expected);
    assert_eq!(keeper.gains(&member), Curation::default(), "and not twice");
    assert_eq!(keeper.words(&member, &Curation::default()), Vec::<String>::new());
}

/// One row a pair: the keeper's time, the member's, and whether the keeper gains it.
#[test]
fn a_time_is_gained_where_the_member_knows_it_better() {
    use TimeSource::{ExifDigitized, ExifModified, ExifOriginal, Name, Sidecar};
    let check = |keeper: Option<Instant>, member: Option<Instant>, gains: bool| {
        let found = held(|facts| facts.taken = keeper).gains(&held(|facts| facts.taken = member)).taken;
        assert_eq!(found.is_some(), gains, "{keeper:?} {member:?}");
    };
    check(None, Some(at(100, ExifModified)), true);
    check(Some(at(100, Name)), Some(at(100, ExifOriginal)), true);
    check(Some(at(100, ExifDigitized)), Some(at(102, ExifOriginal)), false);
    check(Some(at(100, ExifDigitized)), Some(at(103, ExifOriginal)), true);
    check(Some(at(100, ExifOriginal)), Some(at(900, Sidecar)), false);
    check(Some(at(100, ExifOriginal)), None, false);
}

#[test]
fn a_sidecar_goes_before_its_file_and_a_keepers_own_stays() {
    let time = |local_seconds| CaptureTime { local_seconds, subsecond: None, offset_minutes: None, source: TimeSource::Xmp };
    let says = Curation { caption: Some("Mine".into()), title: Some("T".into()), taken: Some(time(9000)), ..Curation::default() };
    let mut member = held(|facts| (facts.caption, facts.taken) = (Some("camera".into()), Some(at(100, TimeSource::ExifOriginal))));
    member.read_sidecar(&says);
    let mut keeper = held(|facts| facts.taken = Some(at(100, TimeSource::ExifOriginal)));
    assert_eq!(keeper.gains(&member), says, "a person set that time");
    keeper.read_sidecar(&Curation { caption: Some("Ours".into()), taken: Some(time(100)), ..Curation::default() });
    let gains = keeper.gains(&member);
    assert_eq!(gains, Curation { title: Some("T".into()), ..Curation::default() });
    let words = keeper.words(&member, &gains);
    assert!(words.iter().any(|words| words.contains("“Mine” would be lost")), "{words:?}");
    assert!(words.iter().any(|words| words.contains("time of taking stays")), "{words:?}");
}

#[test]
fn an_instant_becomes_a_reading_with_its_precision() {
    let exact = Instant { nanos: 70_000_000, offset_minutes: Some(120), ..at(1000, TimeSource::ExifOriginal) };
    let read = reading(&exact);
    assert_eq!((read.local_seconds, read.offset_minutes), (1000 + 7200, Some(120)));
    assert_eq!(read.subsecond, Some(Subsecond { nanos: 70_000_000, digits: 2 }));
    assert_eq!(reading(&at(1000, TimeSource::Sidecar)).offset_minutes, Some(0), "a service tells UTC");
    assert_eq!(reading(&at(1000, TimeSource::Name)).offset_minutes, None);
}
