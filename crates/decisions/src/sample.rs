//! Assets for the tests of this room.

use crate::AssetFacts;
use model::{AssetId, CaptureTime, Encoding, Evidence, Format, Metadata, Proof, Relation, SourceId, SourceKind, TimeSource};

/// Returns a camera's own JPEG of 4000 × 3000 in the folder source 1, taken at second `1,000,000`.
pub(crate) fn camera(id: i64) -> AssetFacts {
    let taken = CaptureTime { local_seconds: 1_000_000, subsecond: None, offset_minutes: None, source: TimeSource::ExifOriginal };
    let metadata = Metadata {
        make: Some("Canon".into()),
        model: Some("Canon EOS 70D".into()),
        taken: Some(taken),
        iso: Some(100),
        exposure_s: Some(0.01),
        f_number: Some(5.6),
        focal_length_mm: Some(50.0),
        claimed_width: Some(4000),
        claimed_height: Some(3000),
        ..Metadata::default()
    };
    AssetFacts {
        metadata,
        encoding: Encoding { jpeg_quality: Some(92), standard_tables: Some(true), ..Encoding::default() },
        width: 4000,
        height: 3000,
        orientation: 1,
        ..plain(id)
    }
}

/// Returns a JPEG of 1600 × 1200 and quality 75 that tells nothing of its taking.
pub(crate) fn plain(id: i64) -> AssetFacts {
    AssetFacts {
        asset: AssetId(id),
        source: SourceId(1),
        source_name: "photos".into(),
        source_kind: SourceKind::Folder,
        online: true,
        reference: false,
        path: format!("/photos/{id:06}.jpg"),
        name: format!("{id:06}.jpg"),
        format: Some(Format::Jpeg),
        width: 1600,
        height: 1200,
        orientation: 1,
        size_bytes: 1000,
        content: None,
        sha1: None,
        metadata: Metadata::default(),
        encoding: Encoding { jpeg_quality: Some(75), standard_tables: Some(true), ..Encoding::default() },
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

/// Returns the asset as one of the Google source 2.
pub(crate) fn google(facts: AssetFacts) -> AssetFacts {
    AssetFacts { source: SourceId(2), source_name: "takeout".into(), source_kind: SourceKind::Takeout, ..facts }
}

/// Returns a smart preview of [`camera`]'s picture, as Lightroom names it.
pub(crate) fn preview(id: i64) -> AssetFacts {
    let mut facts = camera(id);
    facts.name = format!("{id:08X}-1111-2222-3333-0123456789AB.dng");
    facts.format = Some(Format::Dng);
    (facts.width, facts.height) = (2560, 1920);
    facts.metadata.software = Some("Adobe Photoshop Lightroom Classic 12.3".into());
    facts.encoding = Encoding::default();
    facts
}

/// Returns strict evidence of that relation.
pub(crate) fn edge(a: i64, b: i64, relation: Relation) -> Evidence {
    let proof = if relation == Relation::Identical { Proof::Content } else { Proof::Payload };
    Evidence { a: AssetId(a.min(b)), b: AssetId(a.max(b)), relation, strict: true, proof, notes: vec!["as tested".into()] }
}
