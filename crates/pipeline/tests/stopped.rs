//! What a scan that ended early left undone is done by the next, though nothing is left to read.

use catalog::{Catalog, SavedAsset};
use model::{Metadata, SourceKind};
use pipeline::{Phase, ScanOptions, Silent, Stop, Watch, scan};
use std::sync::Mutex;

/// Asks for a stop once the last file is read, before assets are formed.
#[derive(Default)]
struct AfterReading {
    stop: Stop,
    ahead: Mutex<Option<(Phase, u64)>>,
}

impl Watch for AfterReading {
    fn begin(&self, phase: Phase, items: Option<u64>, _bytes: Option<u64>) {
        *self.ahead.lock().expect("no panic") = items.map(|items| (phase, items));
    }

    fn reach(&self, items: u64, _bytes: u64) {
        if *self.ahead.lock().expect("no panic") == Some((Phase::Read, items)) {
            self.stop.ask();
        }
    }

    fn note(&self, _words: &str) {}
}

#[test]
fn files_read_become_photos_though_the_scan_ended_before() {
    let home = tempfile::tempdir().expect("a folder");
    let photos = home.path().join("photos");
    testkit::tree::build("a.jpg picture=1\nb.jpg picture=1 fit=300\n", &photos).expect("a tree");
    let catalog = Catalog::open(&home.path().join("c.sqlite")).expect("a catalog");
    let options = ScanOptions { paths: vec![photos], ..ScanOptions::default() };
    let watch = AfterReading::default();
    let report = scan(&catalog, &options, &watch, &watch.stop).expect("scanned");
    assert!(report.interrupted && report.files_read == 2 && report.assets == 0, "{report:?}");

    let report = scan(&catalog, &options, &Silent, &Stop::default()).expect("scanned");
    assert_eq!((report.files_read, report.assets, report.groups), (0, 2, 1));
    assert!(catalog.sources_to_assemble().expect("read").is_empty());
}

/// A quick scan forms assets twice, so that one changes twice before groups are formed.
#[test]
fn an_asset_may_change_twice_before_it_is_grouped() {
    let home = tempfile::tempdir().expect("a folder");
    let catalog = Catalog::open(&home.path().join("c.sqlite")).expect("a catalog");
    let source = catalog.add_source("photos", SourceKind::Folder).expect("a source");
    for size_bytes in 1..4 {
        let asset = SavedAsset {
            identity: "path:a.jpg".to_owned(),
            filename: "a.jpg".to_owned(),
            format: None,
            content: None,
            size_bytes,
            size_px: None,
            metadata: Metadata::default(),
            taken: None,
            sidecar: None,
            folder_flags: (false, false, false),
            albums: Vec::new(),
            locations: Vec::new(),
        };
        catalog.batch(|| catalog.save_assets(source, &[asset], &[])).unwrap_or_else(|error| panic!("change {size_bytes}: {error}"));
    }
    assert_eq!(catalog.assets_to_regroup(1000).expect("read").len(), 1);
}
