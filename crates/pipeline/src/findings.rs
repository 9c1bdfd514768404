//! Built-in finders: what is known to be unwanted, by family. Today one: the previews that Lightroom keeps and a sync program uploads.

use crate::group::Formed;
use decisions::finders as finder;
use serde::Serialize;

/// A file that a finder names.
#[derive(Debug, Clone, Serialize)]
pub struct FindingAnswer {
    /// Where it lies.
    pub path: String,
    /// Number that `explain` and `sql` know it by.
    pub asset: i64,
    /// Google's key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub google_id: Option<String>,
    /// Link to it in Google Photos.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_url: Option<String>,
    /// The photo it is a preview of.
    pub partner: String,
    /// Why, in words.
    pub why: String,
    /// Bytes.
    pub size_bytes: u64,
}

/// What a finder found.
#[derive(Debug, Clone, Serialize)]
pub struct Findings {
    /// Name of the finder.
    pub finder: &'static str,
    /// The files, by path.
    pub found: Vec<FindingAnswer>,
    /// Where they came from, in words, where that is known.
    pub origin: Vec<String>,
    /// How to keep more from coming.
    pub prevention: &'static str,
}

/// Finds Lightroom's smart previews that have a larger photo of the same shot beside them.
#[must_use]
pub fn lightroom_previews(formed: &Formed) -> Findings {
    let mut found = Vec::new();
    let mut origin = Vec::new();
    for finding in finder::lightroom_previews(&formed.facts, &formed.evidence) {
        let Some(row) = formed.asset(finding.asset) else { continue };
        if let Some(words) = formed.facts_of(finding.asset).and_then(finder::origin_words) {
            let words = words.to_string();
            if !origin.contains(&words) {
                origin.push(words);
            }
        }
        found.push(FindingAnswer {
            path: formed.path_of(finding.asset),
            asset: finding.asset.0,
            google_id: row.google_id.clone(),
            product_url: row.product_url.clone(),
            partner: formed.path_of(finding.partner),
            why: finding.words,
            size_bytes: row.size_bytes,
        });
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Findings { finder: "lightroom-previews", found, origin, prevention: finder::prevention() }
}
