//! PNG: header, palette, transparency, colour chunks, picture and animation data, wherever they were cut into chunks. Source: PNG 3rd
//! edition (2025).

use crate::chunks::{self, Chunk};
use crate::digest::PartHasher;
use model::PayloadHash;

/// Chunks that say how samples are shown; their order among each other says nothing.
const COLOUR: &[&[u8; 4]] = &[b"cHRM", b"cICP", b"cLLI", b"gAMA", b"iCCP", b"mDCV", b"sBIT", b"sRGB"];

/// Returns the payload hash of a whole PNG.
pub(super) fn payload(bytes: &[u8], orientation: u16) -> Option<PayloadHash> {
    let walk = chunks::png(bytes)?;
    let trailer = walk.trailer?;
    let mut hasher = PartHasher::new("png");
    let mut colour: Vec<&Chunk<'_>> = walk.chunks.iter().filter(|chunk| COLOUR.contains(&&chunk.kind)).collect();
    colour.sort_by_key(|chunk| chunk.kind);
    colour.iter().for_each(|chunk| hasher.part(&String::from_utf8_lossy(&chunk.kind), chunk.body));
    let (mut at, mut has_picture) = (0, false);
    while let Some(chunk) = walk.chunks.get(at) {
        let run = walk.chunks[at..].iter().take_while(|next| next.kind == chunk.kind).count();
        let bodies = || walk.chunks[at..at + run].iter().map(|c| c.body);
        match &chunk.kind {
            b"IHDR" | b"PLTE" | b"tRNS" | b"acTL" => bodies().for_each(|body| hasher.part(&String::from_utf8_lossy(&chunk.kind), body)),
            b"IDAT" => {
                has_picture = true;
                hasher.pieces("IDAT", &bodies().collect::<Vec<_>>());
            }
            // Both start with a number that counts on over the file: it moves with how data were cut.
            b"fcTL" => bodies().for_each(|body| hasher.part("fcTL", body.get(4..).unwrap_or_default())),
            b"fdAT" => hasher.pieces("fdAT", &bodies().map(|body| body.get(4..).unwrap_or_default()).collect::<Vec<_>>()),
            _ => {}
        }
        at += run;
    }
    hasher.number("orientation", u64::from(orientation));
    hasher.part("trailer", trailer);
    has_picture.then(|| hasher.finish())
}
