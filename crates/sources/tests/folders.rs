//! Walks over drawn folders: odd names, links, exclusions, packages, nested and known roots, single files.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr)]

mod common;
use common::*;
use model::Outcome;
use model::in_library_package;
use sources::{Error, Survey, SurveyOptions, survey};
use std::path::{Path, PathBuf};

fn only_folder(survey: &Survey) -> &sources::FolderSurvey {
    assert_eq!(survey.folders.len(), 1, "{survey:?}");
    &survey.folders[0]
}

#[test]
fn a_missing_path_is_an_error_that_names_it() {
    let (_dir, root) = folder();
    let gone = root.join("gone");
    let error = survey(std::slice::from_ref(&gone), &SurveyOptions::default(), &|| false, &mut |_| {}).unwrap_err();
    assert!(matches!(&error, Error::NotFound { path } if *path == gone), "{error}");
    assert!(error.to_string().contains(gone.to_str().unwrap()));
}

#[test]
fn files_at_any_depth_come_sorted_with_size_and_time() {
    let (_dir, root) = folder();
    write(&root, "b/c/d/e/f/2.jpg", picture(1, 10));
    write(&root, "a.jpg", picture(2, 20));
    write(&root, ".hidden.jpg", picture(3, 30));
    write(&root, "b/1.jpg", picture(4, 0));
    let mut counts = Vec::new();
    let survey = survey(std::slice::from_ref(&root), &SurveyOptions::default(), &|| false, &mut |n| counts.push(n)).unwrap();
    let folder = only_folder(&survey);
    assert_eq!(names(folder), [".hidden.jpg", "a.jpg", "b/1.jpg", "b/c/d/e/f/2.jpg"]);
    assert!(folder.complete && folder.left_out.is_empty());
    assert_eq!(folder.files.iter().map(|f| f.size_bytes).collect::<Vec<_>>(), [34, 24, 4, 14]);
    assert!(folder.files.iter().all(|f| f.modified_ns.unwrap() > 1_600_000_000_000_000_000 && f.hard_link.is_none()));
    assert!(counts.is_sorted() && counts.last() == Some(&4));
}

#[test]
fn a_deep_tree_needs_no_deep_stack() {
    let (_dir, root) = folder();
    let deep = "d/".repeat(1500) + "a.jpg";
    write(&root, &deep, b"x");
    assert_eq!(names(only_folder(&surveyed(&[&root]))), [deep]);
}

#[cfg(unix)]
#[test]
fn odd_names() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let (_dir, root) = folder();
    let not_text = root.join(OsStr::from_bytes(b"caf\xe9.jpg"));
    std::fs::write(&not_text, b"x").unwrap();
    let longest = "n".repeat(251) + ".jpg";
    for name in ["\u{1f600}\u{1f3fd}.jpg", "new\nline.jpg", longest.as_str(), " .jpg", "-rf.jpg", "back\\slash.jpg"] {
        write(&root, name, b"x");
    }
    let survey = surveyed(&[&root]);
    let folder = only_folder(&survey);
    assert_eq!(folder.files.len(), 7);
    let found = folder.files.iter().find(|file| file.path.file == not_text).unwrap();
    assert_eq!(sources::Reader::new().read_all(&found.path, 10).unwrap(), b"x");
}

#[cfg(unix)]
#[test]
fn links_are_told_and_never_followed() {
    use std::os::unix::fs::symlink;
    let (_dir, root) = folder();
    let (_other, elsewhere) = folder();
    write(&elsewhere, "outside.jpg", b"x");
    let file = write(&root, "a/1.jpg", b"x");
    symlink(&root, root.join("a/loop")).unwrap();
    symlink(&elsewhere, root.join("out")).unwrap();
    symlink(&file, root.join("one.jpg")).unwrap();
    symlink(root.join("nowhere"), root.join("broken")).unwrap();
    std::fs::hard_link(&file, root.join("a/2.jpg")).unwrap();
    let survey = surveyed(&[&root]);
    let folder = only_folder(&survey);
    assert_eq!(names(folder), ["a/1.jpg", "a/2.jpg"]);
    assert_eq!(
        causes(&folder.left_out, &root),
        ["a/loop: skipped symlink", "broken: skipped symlink", "one.jpg: skipped symlink", "out: skipped symlink"]
    );
    let ids: Vec<_> = folder.files.iter().map(|file| file.hard_link.unwrap()).collect();
    assert_eq!(ids[0], ids[1]);
    assert!(folder.complete);
    // A link that a person names is what it points to.
    let named = surveyed(&[&root.join("one.jpg")]);
    assert_eq!(only_folder(&named).files[0].path.file, file);
}

#[cfg(unix)]
#[test]
fn an_unreadable_folder_is_told_and_the_survey_is_not_complete() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, root) = folder();
    write(&root, "a/1.jpg", b"x");
    write(&root, "b/2.jpg", b"x");
    let locked = root.join("b");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o000)).unwrap();
    let may_read_all = std::fs::read_dir(&locked).is_ok();
    let survey = surveyed(&[&root]);
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o755)).unwrap();
    let folder = only_folder(&survey);
    if may_read_all {
        eprintln!("SKIPPED: this user may read every folder");
        return;
    }
    assert_eq!(names(folder), ["a/1.jpg"]);
    assert!(!folder.complete && folder.left_out[0].is_folder);
    assert_eq!(causes(&folder.left_out, &root), ["b: failed unreadable"]);
}

#[cfg(unix)]
#[test]
fn a_socket_is_no_file() {
    let (_dir, root) = folder();
    let _socket = std::os::unix::net::UnixListener::bind(root.join("s")).unwrap();
    write(&root, "a.jpg", b"x");
    let survey = surveyed(&[&root, &root.join("s")]);
    assert_eq!(causes(&only_folder(&survey).left_out, &root), ["s: skipped not-a-file"]);
    let place = model::LocationPath::file(root.join("s"));
    assert!(matches!(sources::Reader::new().read_all(&place, 10), Err(Error::Unreadable { .. })));
}

#[test]
fn default_exclusions_give_one_entry_a_folder() {
    let (_dir, root) = folder();
    for name in [".git/a/x", ".lookalike-trash/1.jpg", "$RECYCLE.BIN/1.jpg", "sub/@eaDir/1.jpg", "L.lrdata/1", ".Trash-1000/files/1.jpg"] {
        write(&root, name, b"x");
    }
    write(&root, "share/Trash/files/1.jpg", b"x");
    write(&root, "share/Trash/info/1.trashinfo", b"x");
    write(&root, "Trash/1.jpg", b"x");
    write(&root, ".vacation.jpg.icloud", b"x");
    write(&root, ".icloud", b"x");
    let survey = surveyed(&[&root]);
    let folder = only_folder(&survey);
    assert_eq!(names(folder), [".icloud", "Trash/1.jpg"]);
    assert_eq!(
        causes(&folder.left_out, &root),
        [
            "$RECYCLE.BIN: skipped excluded",
            ".Trash-1000: skipped excluded",
            ".git: skipped excluded",
            ".lookalike-trash: skipped excluded",
            ".vacation.jpg.icloud: skipped placeholder",
            "L.lrdata: skipped excluded",
            "share/Trash: skipped excluded",
            "sub/@eaDir: skipped excluded",
        ]
    );
    assert!(folder.left_out[0].outcome.cause().unwrap().words.contains("$RECYCLE.BIN"));
    // What a person names is walked, whatever it is called.
    assert_eq!(names(only_folder(&surveyed(&[&root.join(".git")]))), ["a/x"]);
}

#[test]
fn a_persons_patterns() {
    let (_dir, root) = folder();
    for name in ["a.tmp", "private/1.jpg", "sub/private/2.jpg", "keep/3.jpg", "keep/x/4.jpg"] {
        write(&root, name, b"x");
    }
    let exclude = ["*.tmp".to_owned(), "private/".to_owned(), "keep/*/4.jpg".to_owned()];
    let survey = surveyed_with(&[&root], &SurveyOptions { exclude: exclude.to_vec(), ..Default::default() });
    let folder = only_folder(&survey);
    assert_eq!(names(folder), ["keep/3.jpg"]);
    assert_eq!(
        causes(&folder.left_out, &root),
        ["a.tmp: skipped excluded", "keep/x/4.jpg: skipped excluded", "private: skipped excluded", "sub/private: skipped excluded"]
    );
    assert!(folder.left_out[0].outcome.cause().unwrap().words.contains("`*.tmp`"));
    let bad = SurveyOptions { exclude: vec!["[".to_owned()], ..Default::default() };
    assert!(matches!(survey_of(&root, &bad), Err(Error::Pattern { .. })));
}

fn survey_of(root: &Path, options: &SurveyOptions) -> Result<Survey, Error> {
    survey(&[root.to_path_buf()], options, &|| false, &mut |_| {})
}

#[test]
fn of_a_library_package_only_the_originals() {
    let (_dir, root) = folder();
    for name in ["originals/A/1.heic", "resources/derivatives/1.jpg", "database/Photos.sqlite", "Info.plist"] {
        write(&root, &format!("Fotos.photoslibrary/{name}"), b"x");
    }
    write(&root, "Old.aplibrary/Masters/2010/1.jpg", b"x");
    write(&root, "Old.aplibrary/Thumbnails/1.jpg", b"x");
    let survey = surveyed(&[&root]);
    let folder = only_folder(&survey);
    assert_eq!(names(folder), ["Fotos.photoslibrary/originals/A/1.heic", "Old.aplibrary/Masters/2010/1.jpg"]);
    assert!(folder.files.iter().all(|file| in_library_package(&file.path.file)));
    assert_eq!(
        causes(&folder.left_out, &root),
        [
            "Fotos.photoslibrary/Info.plist: skipped excluded",
            "Fotos.photoslibrary/database: skipped excluded",
            "Fotos.photoslibrary/resources: skipped excluded",
            "Old.aplibrary/Thumbnails: skipped excluded",
        ]
    );
    let named = surveyed(&[&root.join("Fotos.photoslibrary")]);
    assert_eq!(names(only_folder(&named)), ["originals/A/1.heic"]);
}

#[test]
fn nested_roots_are_walked_once_and_known_ones_stand_alone() {
    let (_dir, root) = folder();
    write(&root, "1.jpg", b"x");
    write(&root, "a/2.jpg", b"x");
    write(&root, "a/b/3.jpg", b"x");
    let survey = surveyed(&[&root.join("a/b"), &root, &root.join("a"), &root]);
    assert_eq!(names(only_folder(&survey)), ["1.jpg", "a/2.jpg", "a/b/3.jpg"]);

    let options = SurveyOptions { known_roots: vec![root.join("a"), root.join("gone"), PathBuf::from("/")], ..Default::default() };
    let survey = surveyed_with(&[&root], &options);
    let told: Vec<_> = survey.folders.iter().map(|folder| (below(&folder.root, &root), names(folder))).collect();
    assert_eq!(told, [(String::new(), vec!["1.jpg".to_owned()]), ("a".to_owned(), vec!["2.jpg".to_owned(), "b/3.jpg".to_owned()])]);
    assert!(survey.folders.iter().all(|folder| folder.complete));
}

#[test]
fn single_files_stand_in_their_folder_and_are_not_told_twice() {
    let (_dir, root) = folder();
    let one = write(&root, "a/1.jpg", b"x");
    let two = write(&root, "a/2.jpg", b"x");
    let three = write(&root, "b/3.jpg", b"x");
    let survey = surveyed(&[&one, &two, &three, &root.join("b")]);
    let told: Vec<_> = survey.folders.iter().map(|folder| (below(&folder.root, &root), names(folder), folder.complete)).collect();
    assert_eq!(
        told,
        [("a".to_owned(), vec!["1.jpg".to_owned(), "2.jpg".to_owned()], false), ("b".to_owned(), vec!["3.jpg".to_owned()], true)]
    );
    // Excluded below a root, and named all the same.
    let hidden = write(&root, "b/.thumbnails/4.jpg", b"x");
    let survey = surveyed(&[&root.join("b"), &hidden]);
    assert_eq!(survey.folders.len(), 2);
    assert_eq!(names(&survey.folders[1]), ["4.jpg"]);
}

#[test]
fn archives_in_folders_are_told_by_content() {
    let (_dir, root) = folder();
    zip_of(&root.join("holiday.zip"), &[("beach.jpg", &picture(1, 9))]);
    zip_of(&root.join("book.epub"), &[("mimetype", b"x")]);
    zip_of(&root.join("renamed (1).ZIP"), &[("Takeout/Google Photos/Photos from 2020/a.jpg", &picture(1, 9))]);
    zip_of(&root.join("rezipped.zip"), &[("Rome/a.jpg", &picture(1, 9)), ("Rome/a.jpg.json", sidecar("a.jpg").as_bytes())]);
    tgz_of(&root.join("code.tar.gz"), &[("src/main.c", b"int main;")]);
    tgz_of(&root.join("takeout-20240712T112341Z-001.tgz"), &[("Takeout/Google Photos/Photos from 2020/a.jpg", &picture(1, 9))]);
    tgz_of(&root.join("rezipped.tgz"), &[("Rome/a.jpg", &picture(1, 9)), ("Rome/a.jpg.json", sidecar("a.jpg").as_bytes())]);
    write(&root, "photo.zip", picture(3, 50));
    write(&root, "takeout-20240712T112341Z-002.zip", "<html>your session has ended</html>");
    write(&root, "cut.zip", &std::fs::read(root.join("holiday.zip")).unwrap()[..40]);
    write(&root, "log.gz", {
        use std::io::Write;
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&[b'a'; 2000]).unwrap();
        gz.finish().unwrap()
    });
    let survey = surveyed(&[&root]);
    let folder = only_folder(&survey);
    assert_eq!(names(folder), ["book.epub", "photo.zip"]);
    assert_eq!(
        causes(&folder.left_out, &root),
        [
            "code.tar.gz: skipped not-a-takeout-export",
            "cut.zip: failed archive-damaged",
            "holiday.zip: skipped not-a-takeout-export",
            "log.gz: skipped not-a-takeout-export",
            "takeout-20240712T112341Z-002.zip: failed archive-damaged",
        ]
    );
    let cut = folder.left_out[1].outcome.cause().unwrap();
    assert_eq!(cut.words, "the archive ends too early; download this part again");
    let kinds: Vec<_> = survey.containers.iter().map(|c| (below(&c.path, &root), format!("{:?}", c.kind))).collect();
    let expected =
        [("renamed (1).ZIP", "Zip"), ("rezipped.tgz", "Tgz"), ("rezipped.zip", "Zip"), ("takeout-20240712T112341Z-001.tgz", "Tgz")];
    assert_eq!(kinds, expected.map(|(name, kind)| (name.to_owned(), kind.to_owned())));
    assert!(survey.containers.iter().all(|c| c.size_bytes > 0 && c.modified_ns.is_some()));

    // Named one by one the same is told, and what is left out lies in no folder.
    let named = surveyed(&[&root.join("rezipped.zip"), &root.join("holiday.zip"), &root.join("book.epub"), &root.join("photo.zip")]);
    assert_eq!(named.containers.len(), 1);
    assert_eq!(causes(&named.left_out, &root), ["book.epub: skipped not-a-takeout-export", "holiday.zip: skipped not-a-takeout-export"]);
    assert_eq!(names(&named.folders[0]), ["photo.zip"]);
    // Named beside their folder, nothing is told twice.
    let both = surveyed(&[&root, &root.join("cut.zip"), &root.join("rezipped.zip"), &root.join("photo.zip")]);
    assert_eq!((both.folders, both.containers, both.left_out), (survey.folders, survey.containers, survey.left_out));
}

#[test]
fn stopping_stops() {
    let (_dir, root) = folder();
    write(&root, "a.jpg", b"x");
    let stopped = survey(std::slice::from_ref(&root), &SurveyOptions::default(), &|| true, &mut |_| {});
    assert!(matches!(stopped, Err(Error::Stopped)));
}

#[test]
fn what_is_found_and_left_out_is_all_there_is() {
    let (_dir, root) = folder();
    for at in 0..40 {
        write(&root, &format!("{}/{at}.jpg", at % 7), picture(at, 5));
    }
    write(&root, "3/.icloud.jpg.icloud", b"x");
    zip_of(&root.join("5/z.zip"), &[("a.jpg", b"x")]);
    let survey = surveyed(&[&root]);
    let folder = only_folder(&survey);
    let skipped = folder.left_out.iter().filter(|out| matches!(out.outcome, Outcome::Skipped(_))).count();
    assert_eq!((folder.files.len(), skipped, folder.left_out.len()), (40, 2, 2));
}
