//! Tests that hold what is written beside the code to the code: the API's description, the texts, the scripts; and hostile names to text.

use crate::api::{AcceptAsk, AcceptWish, DecideWish, IdWish, RulesAsk, RulesWish};
use crate::assets::ASSETS;
pub(crate) use crate::contract_removal::{missing_found, plan_view, run_page, run_summary, trash_page, work_view};
use crate::pictures::NoPictureAnswer;
use crate::problem::{ProblemAnswer, ProblemWords};
use crate::routes::ROUTES;
use crate::texts::{Message, TEXTS};
use crate::work::Kind;
use pipeline::model::{FileKind, Relation, Tally};
use pipeline::review::*;
use pipeline::{CauseCount, SourceAnswer};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// A name as an attacker would give it.
pub(crate) const HOSTILE: &str = "\"><img src=x onerror=alert(1)><script>alert(2)</script>\u{202e}gpj.exe";

pub(crate) fn member_row() -> MemberRow {
    MemberRow {
        asset: 7,
        name: HOSTILE.to_owned(),
        relation: "thumbnail",
        verdict: "remove",
        decided: true,
        size_bytes: 1,
        picture: HOSTILE.to_owned(),
        is_film: true,
    }
}

pub(crate) fn group_row() -> GroupRow {
    GroupRow {
        id: 7,
        version: 1,
        state: GroupState::Open,
        confidence: Confidence::Look,
        members_count: 300,
        members: vec![member_row()],
        open: 1,
        removals: 1,
        removals_bytes: 5,
        relations: vec!["thumbnail"],
        taken_utc: Some("2019-07-14 12:00:00".to_owned()),
        camera: Some(HOSTILE.to_owned()),
        source: HOSTILE.to_owned(),
        folder: HOSTILE.to_owned(),
    }
}

pub(crate) fn member_view() -> MemberView {
    let hostile = || vec![HOSTILE.to_owned()];
    let reason = || vec![ReasonRow { rule: HOSTILE.to_owned(), words: HOSTILE.to_owned() }];
    MemberView {
        row: member_row(),
        is_chosen: true,
        confidence: Some(Confidence::Look),
        reasons: reason(),
        evidence: Some(EvidenceRow { proof: "perceptual", words: hostile(), quarter_turns: 1, mirror: true }),
        differs: vec!["width"],
        bound: Some(HOSTILE.to_owned()),
        inherits: reason(),
        source: HOSTILE.to_owned(),
        source_kind: "folder",
        path: HOSTILE.to_owned(),
        folder: HOSTILE.to_owned(),
        archive: Some(HOSTILE.to_owned()),
        also_at: hostile(),
        companions: hostile(),
        presence: "offline",
        albums: hostile(),
        people: hostile(),
        caption: Some(HOSTILE.to_owned()),
        favourite: true,
        flags: vec!["archived"],
        width: Some(4000),
        height: Some(3000),
        format: Some("JPEG"),
        taken: Some(TakenRow {
            utc: "2019-07-14 12:00:00".to_owned(),
            utc_seconds: 1,
            offset_minutes: Some(120),
            source: "sidecar",
            why: "w",
        }),
        uploaded_utc: Some("2019-07-15 12:00:00".to_owned()),
        camera: Some(HOSTILE.to_owned()),
        place: Some(PlaceRow { latitude: 1.5, longitude: -2.5 }),
        duration_ms: Some(1500),
        product_url: Some(format!("https://photos.google.com/{HOSTILE}")),
        has_clip: true,
    }
}

pub(crate) fn group_view() -> GroupView {
    let keeper = MemberView { row: MemberRow { relation: "keeper", verdict: "keep", asset: 6, ..member_row() }, ..member_view() };
    let aside = AsideRow { member: 7, other: 9, name: HOSTILE.to_owned(), why: HOSTILE.to_owned() };
    GroupView { row: group_row(), all: vec![keeper, member_view()], differs: vec!["width", "albums"], set_aside: vec![aside] }
}

pub(crate) fn overview() -> Overview {
    Overview {
        catalog: HOSTILE.to_owned(),
        sources: vec![SourceAnswer {
            name: HOSTILE.to_owned(),
            kind: "folder",
            roots: vec![HOSTILE.into()],
            online: false,
            reference: true,
            assets: 3,
        }],
        tally: Tally { done: 1, skipped: 2, failed: 3 },
        causes: vec![CauseCount { outcome: "failed".to_owned(), kind: FileKind::Media, cause: HOSTILE.to_owned(), count: 3 }],
        undecoded: vec![(HOSTILE.to_owned(), 3)],
        assets: 3,
        relations: vec![RelationSum {
            relation: "thumbnail",
            groups: 1,
            members: 1,
            size_bytes: 5,
            removals: 1,
            removals_bytes: 5,
            decided: 0,
        }],
        progress: Progress { groups: 2, open: 1, decided: 1, removals: 1, removals_bytes: 5, ..Progress::default() },
        years: vec![
            YearSum { year: Some(2019), groups: 1, removals: 1, removals_bytes: 5 },
            YearSum { year: None, groups: 1, removals: 0, removals_bytes: 0 },
        ],
        wins: vec![group_row()],
        epoch: 1,
    }
}

pub(crate) fn choices() -> FilterChoices {
    let hostile = || vec![HOSTILE.to_owned()];
    FilterChoices { sources: hostile(), cameras: hostile(), albums: hostile(), relations: vec!["thumbnail"], years: vec![2019] }
}

pub(crate) fn parted_row() -> PartedRow {
    PartedRow { id: 1, a: Some(PartedSide { asset: 7, name: HOSTILE.to_owned(), picture: HOSTILE.to_owned() }), b: None, at_s: 5 }
}

pub(crate) fn rules_view() -> RulesView {
    let rule = || vec![format!("path:{HOSTILE}")];
    RulesView { rules: rule(), usual: rule(), is_chosen: true, known: vec![KnownRule { rule: "pixels", words: "more pixels" }] }
}

fn history() -> History {
    let change = || Some(ChangeRow { id: 1, kind: "accept".to_owned(), assets: 2, asset: Some(7), at_s: 5 });
    History { undo: change(), redo: change() }
}

pub(crate) fn pulse() -> Pulse {
    Pulse { epoch: 1, files: 5, waiting: 1, ungrouped: 2, is_busy: true, history: history() }
}

/// An example of each answer and body, by the name of its schema. What may be absent is there.
fn examples() -> BTreeMap<&'static str, Value> {
    let verdicts = Wish::Verdicts { verdicts: vec![(7, VerdictWish::Keep)] };
    let words = || ProblemWords { code: "user", what: "w", hint: Some("h") };
    let view = group_view();
    let all: Vec<(&'static str, Value)> = vec![
        ("MemberRow", json!(member_row())),
        ("GroupRow", json!(group_row())),
        ("GroupPage", json!(GroupPage { total: 1, at: 0, epoch: 1, groups: vec![group_row()], next: Some("n".to_owned()) })),
        ("Neighbours", json!(Neighbours { total: 1, at: 0, is_listed: true, previous: Some(1), next: Some(2) })),
        ("ReasonRow", json!(view.all[0].reasons[0])),
        ("TakenRow", json!(view.all[0].taken)),
        ("PlaceRow", json!(view.all[0].place)),
        ("EvidenceRow", json!(view.all[0].evidence)),
        ("MemberView", json!(view.all[0])),
        ("AsideRow", json!(view.set_aside[0])),
        ("GroupView", json!(view)),
        ("ChangeRow", json!(history().undo)),
        ("History", json!(history())),
        ("Decided", json!(Decided { groups: vec![group_row()], left: vec![1], history: history(), epoch: 1 })),
        (
            "AcceptPreview",
            json!(AcceptPreview {
                groups: 1,
                assets: 1,
                size_bytes: 1,
                inheriting: 1,
                first: vec![(member_row(), member_row())],
                token: "t".to_owned()
            }),
        ),
        ("RelationSum", json!(overview().relations[0])),
        ("YearSum", json!(overview().years[0])),
        ("Progress", json!(overview().progress)),
        ("Overview", json!(overview())),
        ("SourceAnswer", json!(overview().sources[0])),
        ("Tally", json!(overview().tally)),
        ("CauseCount", json!(overview().causes[0])),
        ("FilterChoices", json!(choices())),
        ("Pulse", json!(pulse())),
        ("PartedRow", json!(PartedRow { b: parted_row().a, ..parted_row() })),
        ("PartedSide", json!(parted_row().a)),
        ("KnownRule", json!(rules_view().known[0])),
        ("RulesView", json!(rules_view())),
        ("RulesPreview", json!(RulesPreview::default())),
        ("DecideWish", json!(DecideWish { version: 1, wish: verdicts.clone() })),
        ("AcceptAsk", json!(AcceptAsk { query: String::new(), relations: vec![Relation::Identical] })),
        ("AcceptWish", json!(AcceptWish { query: String::new(), relations: vec![Relation::Identical], token: "t".to_owned() })),
        ("IdWish", json!(IdWish { id: 1 })),
        ("RulesAsk", json!(RulesAsk { rules: "pixels".to_owned() })),
        ("RulesWish", json!(RulesWish { rules: Some("pixels".to_owned()) })),
        ("ProblemWords", json!(words())),
        ("ProblemAnswer", json!(ProblemAnswer { error: words(), group: Some(&view) })),
        ("NoPictureAnswer", json!(NoPictureAnswer { error: "e".to_owned(), why: "w".to_owned() })),
        ("Confidence", json!(Confidence::Look)),
        ("GroupState", json!(GroupState::Open)),
        ("VerdictWish", json!(VerdictWish::Open)),
        ("RelationName", json!(Relation::Identical)),
        ("Wish", json!(verdicts)),
    ];
    all.into_iter().chain(crate::contract_removal::examples()).collect()
}

fn document() -> Value {
    serde_json::from_str(include_str!("../openapi.json")).expect("the description is JSON")
}

/// Returns what a reference within the document points to.
fn resolve<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} points nowhere")),
        None => schema,
    }
}

/// Collects how a value departs from a schema, both ways: what is missing, what is too much, what is of another kind.
fn departures(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    let schema = resolve(document, schema);
    let fits = |schema: &Value| {
        let mut inner = Vec::new();
        departures(document, schema, value, at, &mut inner);
        inner.is_empty()
    };
    if let Some(any) = schema.get("anyOf").or(schema.get("oneOf")).and_then(Value::as_array) {
        if any.iter().filter(|one| fits(one)).count() != 1 {
            found.push(format!("{at}: {value} fits none or several"));
        }
        return;
    }
    if let Some(known) = schema.get("const").filter(|known| *known != value) {
        found.push(format!("{at}: {value} is not {known}"));
    }
    if schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        found.push(format!("{at}: {value} is not in the list"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds: Vec<&str> = schema["type"]
        .as_array()
        .map_or(schema["type"].as_str().into_iter().collect(), |kinds| kinds.iter().filter_map(Value::as_str).collect());
    if !kinds.is_empty() && !kinds.contains(&kind) {
        found.push(format!("{at}: {kind}, not {kinds:?}"));
    }
    match value {
        Value::Object(fields) => {
            let mut known = BTreeMap::new();
            for part in schema["allOf"].as_array().unwrap_or(&vec![schema.clone()]) {
                let part = resolve(document, part);
                for part in part["allOf"].as_array().unwrap_or(&vec![part.clone()]) {
                    known.extend(
                        resolve(document, part)["properties"]
                            .as_object()
                            .into_iter()
                            .flatten()
                            .map(|(name, schema)| (name.clone(), schema.clone())),
                    );
                }
            }
            let names = |fields: Vec<&String>| fields.into_iter().cloned().collect::<BTreeSet<_>>();
            if names(fields.keys().collect()) != names(known.keys().collect()) {
                found.push(format!(
                    "{at}: has {:?}, described are {:?}",
                    fields.keys().collect::<Vec<_>>(),
                    known.keys().collect::<Vec<_>>()
                ));
            }
            for (name, field) in fields {
                if let Some(schema) = known.get(name) {
                    departures(document, schema, field, &format!("{at}.{name}"), found);
                }
            }
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                let schema = schema["prefixItems"].get(place).unwrap_or(&schema["items"]);
                departures(document, schema, item, &format!("{at}[{place}]"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn the_description_says_what_is_sent() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().expect("schemas");
    let examples = examples();
    assert_eq!(schemas.keys().map(String::as_str).collect::<BTreeSet<_>>(), examples.keys().copied().collect::<BTreeSet<_>>());
    for (name, example) in &examples {
        let mut found = Vec::new();
        departures(&document, &schemas[*name], example, name, &mut found);
        assert_eq!(found, Vec::<String>::new(), "{name}");
    }
    for wish in [Wish::Accept, Wish::Keeper { asset: 1 }, Wish::NotTheSame { asset: 1 }, Wish::NoneTheSame] {
        let mut found = Vec::new();
        departures(&document, &schemas["Wish"], &json!(wish), "Wish", &mut found);
        assert_eq!(found, Vec::<String>::new());
    }
    for (name, known) in [
        ("RelationName", Relation::ALL.iter().map(|relation| json!(relation)).collect::<Vec<_>>()),
        ("Confidence", Confidence::ALL.iter().map(|one| json!(one)).collect()),
    ] {
        assert_eq!(schemas[name]["enum"], json!(known));
    }
}

#[test]
fn the_description_has_every_route_and_none_else() {
    let document = document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut described = BTreeSet::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            described.insert((method.clone(), path.clone()));
            let at = format!("{method} {path}");
            assert!(operation["summary"].is_string() && operation["responses"]["200"].is_object(), "{at}");
            let parameters: Vec<&Value> =
                operation["parameters"].as_array().into_iter().flatten().map(|one| resolve(&document, one)).collect();
            let in_path: BTreeSet<&str> =
                parameters.iter().filter(|one| one["in"] == "path").filter_map(|one| one["name"].as_str()).collect();
            assert_eq!(in_path, path.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect(), "{at}");
            assert!(parameters.iter().all(|one| one["schema"].is_object() && one["description"].is_string()), "{at}");
            if method == "post" {
                assert!(operation["requestBody"]["required"] == true && parameters.iter().any(|one| one["name"] == "X-Lookalike"), "{at}");
            }
        }
    }
    let known: BTreeSet<(String, String)> = ROUTES.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(described, known);
    // A list's query is described name by name.
    let of_list: BTreeSet<String> = document["components"]["parameters"]
        .as_object()
        .expect("parameters")
        .iter()
        .filter(|(_, one)| one["in"] == "query")
        .map(|(name, _)| name.clone())
        .collect();
    let day = |name: &str| if matches!(name, "from" | "until") { "2019-01-01" } else { "" };
    for name in &of_list {
        assert!(ListQuery::from_pairs([(name.as_str(), day(name))]).is_ok(), "{name}");
    }
    let sorts: Vec<Value> = std::iter::once(json!("")).chain(SortBy::ALL.map(|sort| json!(sort.name()))).collect();
    assert_eq!(document["components"]["parameters"]["sort"]["schema"]["enum"], json!(sorts));
    every_reference_leads_somewhere(&document, &document);
}

fn every_reference_leads_somewhere(document: &Value, value: &Value) {
    match value {
        Value::Object(fields) => {
            resolve(document, value);
            fields.values().for_each(|field| every_reference_leads_somewhere(document, field));
        }
        Value::Array(items) => items.iter().for_each(|item| every_reference_leads_somewhere(document, item)),
        _ => {}
    }
}

/// Our own source: Rust without its tests, and the scripts.
fn sources() -> Vec<(String, String)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<(String, String)> = Vec::new();
    for part in ["src", "src/pages", "assets"] {
        for entry in std::fs::read_dir(folder.join(part)).expect("a folder").flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if (name.ends_with(".rs") && !name.starts_with("contract")) || name.ends_with(".js") {
                let text = std::fs::read_to_string(entry.path()).expect("a text");
                found.push((name, text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned()));
            }
        }
    }
    assert!(found.len() > 30);
    found
}

/// Returns what stands between each `begin` and the next `end`.
fn between<'a>(text: &'a str, begin: &'a str, end: char) -> impl Iterator<Item = &'a str> {
    text.split(begin).skip(1).filter_map(move |rest| rest.split_once(end).map(|(found, _)| found))
}

/// Causes for which a photo stays, as the plan and the run name them.
const CAUSES: &[&str] = &[
    "keeper-missing",
    "keeper-changed",
    "keeper-planned",
    "missing",
    "already-removed",
    "changed",
    "unreadable",
    "no-file",
    "symlink",
    "one-file",
    "twice",
    "reference",
    "library-package",
    "other-source",
    "other-file-system",
    "not-identical",
    "not-carried",
    "disk",
    "hand-off",
    "offline",
    "verdict",
    "last-copy",
    "no-copy",
    "only-listed",
    "one-item-to-google",
    "not-strict",
    "not-compared",
    "trashed",
    "locked",
    "partner",
    "damaged",
];

/// Families of keys whose members come from elsewhere; the names that each must know.
fn families() -> Vec<(&'static str, Vec<String>)> {
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let relations = || Relation::ALL.iter().map(|relation| relation.name().to_owned());
    vec![
        ("relation", relations().chain(["keeper".to_owned()]).collect()),
        ("relation-words", relations().collect()),
        ("confidence", Confidence::ALL.iter().map(|one| one.name().to_owned()).collect()),
        ("verdict", names(&["keep", "remove", "undecided", "keeper", "by-you"])),
        ("wish", names(&["keep", "remove"])),
        ("state", names(&["open", "decided", "settled"])),
        ("sort", SortBy::ALL.iter().map(|sort| sort.name().to_owned()).collect()),
        ("source-kind", names(&["folder", "takeout", "google"])),
        ("presence", names(&["offline", "removed"])),
        ("proof", names(&["content", "payload", "capture", "perceptual"])),
        ("file-kind", names(&["media", "sidecar", "album-record", "archive", "other"])),
        ("outcome", names(&["done", "skipped", "failed"])),
        ("progress", names(&["decided", "done", "failed", "offered", "open", "settled", "skipped"])),
        ("taken-source", names(&["exif-original", "exif-digitized", "xmp", "container", "sidecar", "listed", "name", "exif-modified"])),
        ("change", names(&["verdicts", "accept", "accept-all", "keeper", "not-the-same", "none-the-same", "rejoin", "rules"])),
        ("history", names(&["undo", "redo", "working"])),
        ("work", Kind::ALL.iter().map(|kind| kind.name().to_owned()).collect()),
        ("problem.at-work", Kind::ALL.iter().map(|kind| kind.name().to_owned()).collect()),
        ("unit", names(&["removed", "undone", "emptied", "left"])),
        ("cause", names(CAUSES)),
        ("sure", pipeline::Sure::ALL.iter().map(|sure| sure.name().to_owned()).collect()),
        ("sure-words", pipeline::Sure::ALL.iter().map(|sure| sure.name().to_owned()).collect()),
        ("undo", names(&["what", "done", "nothing"])),
        ("redo", names(&["what", "done", "nothing"])),
        ("theme", names(&["system", "light", "dark", "switch"])),
        ("play", names(&["original", "clip", "cannot"])),
        ("coarse", names(&["listed", "offline", "deep-in-tgz"])),
    ]
}

#[test]
fn every_text_is_used_and_every_use_has_its_text() {
    let sources = sources();
    let whole: String = sources.iter().map(|(_, text)| text.as_str()).collect();
    for (file, text) in &sources {
        let calls: &[(&str, char)] = if file.ends_with(".rs") {
            &[("say(\"", '"'), ("told(\"", '"'), ("texts::with(\"", '"')]
        } else {
            &[(" t('", '\''), ("(t('", '\'')]
        };
        for (call, end) in calls {
            for key in between(text, call, *end) {
                assert!(TEXTS.contains_key(key) || (file == "texts.rs" && key == "name"), "{file}: `{key}` has no text");
            }
        }
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    for (family, names) in families() {
        for name in names {
            let key = format!("{family}.{name}");
            assert!(TEXTS.contains_key(&key), "{key} has no text");
            known.insert(key);
        }
    }
    let keys_of = |name: &str| sources.iter().find(|(file, _)| file == name).map(|(_, text)| text.clone()).expect("a script");
    known.extend(between(&keys_of("keys.js"), "action: '", '\'').map(|action| format!("keys.{action}")));
    known.extend(["all", "list", "group"].map(|page| format!("keys.page-{page}")));
    known.extend(["side", "overlay", "swipe", "flicker", "difference"].map(|mode| format!("compare.{mode}")));
    known.extend(["next", "previous"].map(|which| format!("group.no-{which}")));
    for key in &known {
        assert!(TEXTS.contains_key(key.as_str()), "{key} has no text");
    }
    for key in TEXTS.keys() {
        assert!(known.contains(key) || whole.contains(&format!("\"{key}\"")) || whole.contains(&format!("'{key}'")), "nobody says `{key}`");
    }
}

#[test]
fn plural_forms_have_the_same_placeholders() {
    for (key, message) in TEXTS.iter() {
        let names = |text: &str| between(text, "{", '}').map(str::to_owned).collect::<BTreeSet<_>>();
        if let Message::Plural { one, other } = message {
            assert!(names(one).is_subset(&names(other)), "{key}");
        }
    }
}

#[test]
fn scripts_find_each_other_and_nothing_is_inline() {
    let names: BTreeSet<&str> = ASSETS.iter().map(|(name, ..)| *name).collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("assets");
    let lying: BTreeSet<String> =
        std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert_eq!(lying, names.iter().map(|name| (*name).to_owned()).collect());
    for (name, media_type, text) in ASSETS {
        if media_type.starts_with("text/javascript") {
            assert!(text.starts_with("// "), "{name} does not say what it is for");
            for import in between(text, "from './", '\'').chain(between(text, "import('./", '\'')) {
                assert!(names.contains(import), "{name} imports `{import}`");
            }
            for forbidden in [
                "innerHTML",
                "insertAdjacentHTML",
                "document.write",
                "eval(",
                "new Function",
                "setAttribute('style'",
                "setAttribute('on",
                "http://",
                "https://",
            ] {
                let is_name_of_svg = text.replace("'http://www.w3.org/2000/svg'", "");
                assert!(!is_name_of_svg.contains(forbidden), "{name} has `{forbidden}`");
            }
        }
    }
    let symbols: BTreeSet<&str> =
        ASSETS.iter().filter(|(name, ..)| *name == "sprite.svg").flat_map(|(.., text)| between(text, "symbol id=\"", '"')).collect();
    for (file, text) in sources() {
        for icon in between(&text, "icon(\"", '"').chain(between(&text, "icon('", '\'')) {
            assert!(symbols.contains(icon), "{file}: no symbol `{icon}`");
        }
    }
}

#[test]
fn hostile_names_stay_text() {
    for (page, html) in crate::pages::hostile() {
        let escaped = "&lt;img src=x onerror=alert(1)&gt;";
        assert!(html.contains(escaped), "{page} does not show the name");
        let markup = html.replace(escaped, "").to_lowercase();
        for forbidden in ["<img src=x", "<script>", " style=", " onerror=", " onclick=", "javascript:"] {
            assert!(!markup.contains(forbidden), "{page} has `{forbidden}`");
        }
        // What is read, by eye or aloud; values that go back to the server stay as they are.
        let read = html.split('>').filter_map(|part| part.split('<').next());
        let mut read = read.chain([" alt=\"", " title=\"", " aria-label=\""].iter().flat_map(|begin| between(&html, begin, '"')));
        assert!(read.all(|text| !text.contains('\u{202e}')), "{page} turns the writing");
        assert!(html.contains("⟨U+202E⟩"), "{page} hides the turn of writing");
    }
}
