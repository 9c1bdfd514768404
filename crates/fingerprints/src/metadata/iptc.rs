//! IPTC-IIM: caption and keywords as agencies and older programs wrote them. Source: IPTC-IIM 4.2, records 1 and 2.

use super::{Reading, add_keyword, fill};

/// Most datasets read of one block.
const DATASETS_MAX: usize = 10_000;

/// Reads IIM records.
pub(crate) fn read(bytes: &[u8], reading: &mut Reading) {
    let mut rest = bytes;
    for _ in 0..DATASETS_MAX {
        let Some((record, dataset, value, after)) = dataset(rest) else { return };
        rest = after;
        let Some(text) = crate::tiff::text_of(value) else { continue };
        match (record, dataset) {
            (2, 25) => add_keyword(&mut reading.metadata.keywords, &text),
            (2, 120) => fill(&mut reading.iptc_caption, Some(text)),
            _ => {}
        }
    }
}

fn dataset(bytes: &[u8]) -> Option<(u8, u8, &[u8], &[u8])> {
    let [0x1c, record, dataset, high, low] = *bytes.get(..5)? else { return None };
    let length = usize::from(u16::from_be_bytes([high, low]));
    // Values of more than 32 KiB use another form, which no caption needs.
    let end = 5 + length;
    (length < 0x8000).then(|| Some((record, dataset, bytes.get(5..end)?, &bytes[end..])))?
}

/// Returns the IPTC records inside Photoshop's resources (the body of a JPEG's APP13 after its name).
pub(crate) fn in_photoshop(resources: &[u8]) -> Option<&[u8]> {
    let mut rest = resources;
    while let Some(after) = rest.strip_prefix(b"8BIM") {
        let id = u16::from_be_bytes(after.get(..2)?.try_into().ok()?);
        // A name with its length before it, the two padded to an even number of bytes.
        let name = (usize::from(*after.get(2)?) + 2) & !1;
        let size = u32::from_be_bytes(after.get(2 + name..6 + name)?.try_into().ok()?) as usize;
        let body = after.get(6 + name..(6 + name).checked_add(size)?)?;
        if id == 0x0404 {
            return Some(body);
        }
        rest = after.get(6 + name + size + (size & 1)..)?;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caption_and_keywords_in_photoshop_resources() {
        let records = b"\x1c\x02\x19\0\x04lake\x1c\x02\x19\0\x03sea\x1c\x02\x19\0\x04lake\x1c\x02\x78\0\x05Hello\x1c\x02\x05\xff";
        let size = (records.len() as u32).to_be_bytes();
        let resources = [&b"8BIM\x03\xed\0\0\0\0\0\x01x\0"[..], b"8BIM\x04\x04\x02ab\0", &size, records].concat();
        let mut reading = Reading::default();
        read(in_photoshop(&resources).expect("records"), &mut reading);
        assert_eq!(reading.metadata.keywords, ["lake", "sea"]);
        assert_eq!(reading.iptc_caption.as_deref(), Some("Hello"));
        for cut in 0..resources.len() {
            read(in_photoshop(&resources[..cut]).unwrap_or_default(), &mut reading);
        }
    }
}
