//! Why a pair counts: an edge between two assets, with its measurements. Drawn by the matching room, read by decisions and the faces.

use crate::{AssetId, Bits, Relation, Turn};
use serde::{Deserialize, Serialize};

/// Measurements of a second look: two picture grids laid over each other after [`turn`](Self::turn) was applied to the second.
/// Luma errors are in grey levels (0 to 255) after the best gain and offset were taken out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SecondLook {
    /// Distance of the two perceptual hashes.
    pub distance_bits: Bits,
    /// The turn of the second picture that was compared.
    pub turn: Turn,
    /// Pearson correlation of the luma grids, -1 to 1.
    pub correlation: f32,
    /// Gain of the best straight line from first to second luma; 1 is none.
    pub gain: f32,
    /// Offset of that line in grey levels.
    pub offset: f32,
    /// Root mean square luma error over all cells, grey levels.
    pub luma_error: f32,
    /// Root mean square luma error of the worst tile of 8 × 8 cells, grey levels.
    pub worst_tile: f32,
    /// Root mean square error of the chroma grids, levels.
    pub chroma_error: f32,
    /// How far what is coherent (tone, colour, sharpness) goes, as a share of the limits that hold where neither was compressed very coarsely;
    /// above 1 the pair passes only for how coarsely one was. `None` where it was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leniency: Option<f32>,
    /// The closer look: how far the place that stands out most does, as a share of the limit; above 1 a part differs. `None` where it was not
    /// taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worst_place: Option<f32>,
}

/// What proved (or denied) the relation of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "proof", rename_all = "kebab-case")]
pub enum Proof {
    /// Equal content hashes.
    Content,
    /// Equal payload hashes.
    Payload,
    /// Equal capture identity (and a name or folder that fits), without pixels to compare.
    Capture,
    /// Near perceptual hashes and a second look.
    Perceptual(SecondLook),
}

/// An edge between two assets.
///
/// **Invariant:** `a < b`; at most one edge a pair; the relation is read without direction (the smaller one of a `thumbnail` edge is the thumbnail).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The asset with the lower id.
    pub a: AssetId,
    /// The asset with the higher id.
    pub b: AssetId,
    /// What the pair is shown to be.
    pub relation: Relation,
    /// Whether the pair passed the strict test: only then may one be offered for removal in favour of the other.
    pub strict: bool,
    /// The measurements.
    pub proof: Proof,
    /// What was weighed, in words for people, most important first.
    pub notes: Vec<String>,
}

impl Evidence {
    /// Returns the other end of the edge; `None` if `asset` is at neither.
    #[must_use]
    pub fn other(&self, asset: AssetId) -> Option<AssetId> {
        if asset == self.a {
            Some(self.b)
        } else if asset == self.b {
            Some(self.a)
        } else {
            None
        }
    }
}

/// A pair that was near and set aside, with the reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetAside {
    /// The member of the group.
    pub member: AssetId,
    /// The asset that was near it.
    pub other: AssetId,
    /// Why it does not stand in the group.
    pub why: String,
}
