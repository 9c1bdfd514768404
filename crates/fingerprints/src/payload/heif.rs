//! HEIC and AVIF: the primary item, the tiles it is made of, and what belongs to it (gain map, depth, opacity), each with the properties
//! that change what is seen. Exif and XMP items and thumbnails are left out; so are the items' numbers, which programs give anew.
//! Source: ISO/IEC 23008-12 §6, §7.

use crate::bmff::{self, Heif};
use crate::digest::PartHasher;
use model::{Format, PayloadHash};
use std::collections::BTreeSet;

/// How often, on average, a file's bytes may be shared by its items: equal tiles may be stored once, but a small file must not ask for
/// endless hashing.
const SHARING_MAX: usize = 4;

/// Returns the payload hash of a whole HEIF of still pictures; `None` too for image sequences, which match by content only.
pub(super) fn payload(bytes: &[u8], format: Format) -> Option<PayloadHash> {
    let heif = Heif::open(bytes)?;
    if bmff::find(bytes, b"moov").is_some() {
        return None;
    }
    let mut walk = Walk {
        heif: &heif,
        hasher: PartHasher::new(format.name()),
        seen: BTreeSet::new(),
        data: 0,
        data_max: bytes.len().saturating_mul(SHARING_MAX),
    };
    walk.tree(&[heif.primary], "primary")?;
    walk.belonging(heif.primary)?;
    // Further pictures of a collection.
    let thumbnails: BTreeSet<u32> = heif.references.iter().filter(|r| r.kind == *b"thmb").map(|r| r.from).collect();
    let is_metadata = |kind: &[u8; 4]| matches!(kind, b"Exif" | b"mime" | b"uri ");
    let others: Vec<u32> = heif.items.values().filter(|i| !thumbnails.contains(&i.id) && !is_metadata(&i.kind)).map(|i| i.id).collect();
    let tiles_of_thumbnails: BTreeSet<u32> = thumbnails.iter().flat_map(|&id| heif.made_of(id)).collect();
    let others: Vec<u32> = others.into_iter().filter(|id| !tiles_of_thumbnails.contains(id)).collect();
    walk.tree(&others, "other")?;
    // The film of a motion photo.
    if let Some(film) = bmff::find(bytes, b"mpvd") {
        walk.hasher.part("film", film);
    }
    (walk.data > 0).then(|| walk.hasher.finish())
}

struct Walk<'a> {
    heif: &'a Heif<'a>,
    hasher: PartHasher,
    seen: BTreeSet<u32>,
    data: usize,
    data_max: usize,
}

impl Walk<'_> {
    /// Hashes items and what they are made of, each once, in order.
    fn tree(&mut self, ids: &[u32], role: &str) -> Option<()> {
        let mut waiting: Vec<u32> = ids.iter().rev().copied().collect();
        while let Some(id) = waiting.pop() {
            if !self.seen.insert(id) {
                continue;
            }
            self.item(id, role)?;
            let parts = self.heif.made_of(id);
            self.hasher.number("made of", parts.len() as u64);
            waiting.extend(parts.iter().rev());
        }
        Some(())
    }

    /// Hashes what belongs to an item: gain maps, depth, opacity.
    fn belonging(&mut self, id: u32) -> Option<()> {
        let auxiliary = self.heif.referring(b"auxl", id);
        self.tree(&auxiliary, "auxiliary")
    }

    fn item(&mut self, id: u32, role: &str) -> Option<()> {
        let item = self.heif.items.get(&id)?;
        let pieces = self.heif.pieces(item)?;
        self.data = self.data.checked_add(pieces.iter().map(|piece| piece.len()).sum())?;
        if self.data > self.data_max {
            return None;
        }
        self.hasher.part(role, &item.kind);
        self.hasher.pieces("data", &pieces);
        for property in self.heif.properties(id) {
            self.hasher.part(&String::from_utf8_lossy(&property.kind), property.body);
        }
        Some(())
    }
}
