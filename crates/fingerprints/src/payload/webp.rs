//! WebP: picture, opacity and animation chunks, and the colour profile. The flags of VP8X are left out, since they say which metadata
//! is there. Source: WebP container specification (RFC 9649).

use crate::chunks;
use crate::digest::PartHasher;
use model::PayloadHash;

/// Returns the payload hash of a whole WebP.
pub(super) fn payload(bytes: &[u8], orientation: u16) -> Option<PayloadHash> {
    let walk = chunks::riff(bytes)?;
    let trailer = walk.trailer?;
    let mut hasher = PartHasher::new("webp");
    let mut pictures = 0;
    let animated = walk.find(b"ANIM").is_some();
    for chunk in &walk.chunks {
        match &chunk.kind {
            b"VP8 " | b"VP8L" | b"ANMF" => pictures += 1,
            b"ALPH" | b"ANIM" | b"ICCP" => {}
            // Only an animation's canvas says more than its picture.
            b"VP8X" if animated => {
                hasher.part("canvas", chunk.body.get(4..).unwrap_or_default());
                continue;
            }
            _ => continue,
        }
        hasher.part(&String::from_utf8_lossy(&chunk.kind), chunk.body);
    }
    hasher.number("orientation", u64::from(orientation));
    hasher.part("trailer", trailer);
    (pictures > 0).then(|| hasher.finish())
}
