//! A file on which the program died twice is set aside, named, and tried again only when asked.

use catalog::{Catalog, LedgerEntry};
use pipeline::{ScanOptions, Silent, Stop, ledger, scan};

fn options(folder: &std::path::Path, retry: bool) -> ScanOptions {
    ScanOptions { paths: vec![folder.to_owned()], retry, ..ScanOptions::default() }
}

#[test]
fn a_file_that_killed_the_program_twice_is_set_aside() {
    let home = tempfile::tempdir().expect("a folder");
    let photos = home.path().join("photos");
    testkit::tree::build("a.jpg picture=1\nb.jpg picture=2\n", &photos).expect("a tree");
    let catalog = Catalog::open(&home.path().join("c.sqlite")).expect("a catalog");
    scan(&catalog, &options(&photos, false), &Silent, &Stop::default()).expect("scanned");
    let root = catalog.roots().expect("roots")[0].id;
    let row = catalog.ledger_of(root).expect("rows").swap_remove(0);
    let waiting = LedgerEntry {
        path: &row.path,
        kind: row.kind,
        size_bytes: row.size_bytes,
        modified_ns: row.modified_ns,
        crc32: None,
        hard_link: None,
        outcome: None,
        document: None,
    };
    catalog.write_ledger(root, &waiting, row.scan).expect("written");
    catalog.count_attempts(&[row.id]).expect("counted");
    catalog.count_attempts(&[row.id]).expect("counted");

    let report = scan(&catalog, &options(&photos, false), &Silent, &Stop::default()).expect("scanned");
    assert_eq!((report.tally.done, report.tally.failed, report.files_read), (1, 1, 0));
    let mut why = Vec::new();
    ledger(&catalog, |row| {
        why.extend(row.why);
        true
    })
    .expect("read");
    assert_eq!(why, ["the program died twice while reading this file; `lookalike scan --retry` tries it again"]);

    let report = scan(&catalog, &options(&photos, true), &Silent, &Stop::default()).expect("scanned");
    assert_eq!((report.tally.done, report.tally.failed), (2, 0));
}
