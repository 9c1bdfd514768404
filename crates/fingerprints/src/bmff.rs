//! Boxes of the ISO base media format (HEIC, AVIF, CR3, JPEG XL, MP4, QuickTime) and the items of a HEIF `meta` box. Knows where
//! things lie, not what pictures or films they make.
//!
//! **Invariant:** no slice reaches beyond the bytes given; counts are bounded by [`ITEMS_MAX`] and [`BOXES_MAX`]. Sources: ISO/IEC
//! 14496-12 §4.2, §8.11 (meta, iloc, iinf, iref, iprp); ISO/IEC 23008-12.

use std::collections::BTreeMap;

/// Most boxes read on one level.
pub(crate) const BOXES_MAX: usize = 65_536;
/// Most items, references or extents (all items' together) read of one HEIF file; a phone's 48-megapixel picture has about 200.
pub(crate) const ITEMS_MAX: usize = 65_536;

/// One box.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Box4<'a> {
    /// Its four letters.
    pub(crate) kind: [u8; 4],
    /// What it holds (for a `uuid` box, its 16 bytes first).
    pub(crate) body: &'a [u8],
}

/// A box's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BoxHeader {
    /// Its four letters.
    pub(crate) kind: [u8; 4],
    /// Bytes the header takes, 8 or 16.
    pub(crate) header_bytes: u64,
    /// Bytes of the body; `None` for a box that reaches to the end of the file.
    pub(crate) body_bytes: Option<u64>,
}

/// Returns the header that starts `bytes`; `None` where it is not all there or its size is impossible.
pub(crate) fn header(bytes: &[u8]) -> Option<BoxHeader> {
    let size = u64::from(be32(bytes, 0)?);
    let kind = bytes.get(4..8)?.try_into().ok()?;
    let (header_bytes, size) = match size {
        0 => return Some(BoxHeader { kind, header_bytes: 8, body_bytes: None }),
        1 => (16, be64(bytes, 8)?),
        _ => (8, size),
    };
    Some(BoxHeader { kind, header_bytes, body_bytes: Some(size.checked_sub(header_bytes)?) })
}

/// Goes through the boxes that lie one after the other in some bytes; stops at the end or at damage.
#[derive(Debug, Clone)]
pub(crate) struct Boxes<'a> {
    rest: &'a [u8],
    left: usize,
}

/// Returns the boxes of `bytes`.
pub(crate) fn boxes(bytes: &[u8]) -> Boxes<'_> {
    Boxes { rest: bytes, left: BOXES_MAX }
}

impl<'a> Iterator for Boxes<'a> {
    type Item = Box4<'a>;

    fn next(&mut self) -> Option<Box4<'a>> {
        self.left = self.left.checked_sub(1)?;
        let header = header(self.rest)?;
        let start = usize::try_from(header.header_bytes).ok()?;
        let end = match header.body_bytes {
            Some(body) => start.checked_add(usize::try_from(body).ok()?)?,
            None => self.rest.len(),
        };
        let body = self.rest.get(start..end)?;
        self.rest = &self.rest[end..];
        Some(Box4 { kind: header.kind, body })
    }
}

/// Returns the body of the first box of that kind in `bytes`.
pub(crate) fn find<'a>(bytes: &'a [u8], kind: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes).find(|b| b.kind == *kind).map(|b| b.body)
}

/// Returns the body of the first `uuid` box with these 16 bytes, without them.
pub(crate) fn find_uuid<'a>(bytes: &'a [u8], uuid: &[u8; 16]) -> Option<&'a [u8]> {
    boxes(bytes).filter(|b| b.kind == *b"uuid").find_map(|b| b.body.strip_prefix(uuid))
}

/// Returns the body of the box that lies at the end of a path of boxes.
pub(crate) fn path<'a>(bytes: &'a [u8], kinds: &[&[u8; 4]]) -> Option<&'a [u8]> {
    kinds.iter().try_fold(bytes, |inside, kind| find(inside, kind))
}

/// Returns the big-endian 16-bit number at `at`.
pub(crate) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

/// Returns the big-endian 32-bit number at `at`.
pub(crate) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Returns the big-endian 64-bit number at `at`.
pub(crate) fn be64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_be_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// Reads big-endian numbers one after the other.
struct Cursor<'a> {
    rest: &'a [u8],
}

impl<'a> Cursor<'a> {
    /// Returns the next number of `width` bytes, 0 to 8.
    fn uint(&mut self, width: usize) -> Option<u64> {
        let taken = self.bytes(width)?;
        (width <= 8).then(|| taken.iter().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn bytes(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

/// One item of a HEIF file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Item {
    /// Its number, referred to by others.
    pub(crate) id: u32,
    /// Its type: `hvc1`, `grid`, `Exif`, `mime`, …
    pub(crate) kind: [u8; 4],
    /// For `mime`: the content type.
    pub(crate) content_type: Vec<u8>,
    /// 0: extents count in the file; 1: in `idat`.
    construction: u8,
    extents: Vec<(u64, u64)>,
}

/// Items that one refers to.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// `dimg`, `thmb`, `auxl`, `cdsc`, …
    pub(crate) kind: [u8; 4],
    /// Who refers.
    pub(crate) from: u32,
    /// To whom, in order.
    pub(crate) to: Vec<u32>,
}

/// The items of a HEIF file and how they belong together.
#[derive(Debug, Clone)]
pub(crate) struct Heif<'a> {
    file: &'a [u8],
    idat: &'a [u8],
    /// The item shown.
    pub(crate) primary: u32,
    /// By number.
    pub(crate) items: BTreeMap<u32, Item>,
    /// In file order.
    pub(crate) references: Vec<Reference>,
    properties: Vec<Box4<'a>>,
    associations: BTreeMap<u32, Vec<usize>>,
}

impl<'a> Heif<'a> {
    /// Returns the items of the file that `file` is; `None` where there is no usable `meta` box.
    pub(crate) fn open(file: &'a [u8]) -> Option<Self> {
        let meta = find(file, b"meta")?.get(4..)?;
        let pitm = find(meta, b"pitm")?;
        let primary = if *pitm.first()? == 0 { u32::from(be16(pitm, 4)?) } else { be32(pitm, 4)? };
        let mut items = item_kinds(find(meta, b"iinf")?)?;
        item_places(find(meta, b"iloc")?, &mut items);
        let iprp = find(meta, b"iprp").unwrap_or_default();
        let properties = find(iprp, b"ipco").map(|ipco| boxes(ipco).collect()).unwrap_or_default();
        let mut associations = BTreeMap::new();
        for ipma in boxes(iprp).filter(|b| b.kind == *b"ipma") {
            let _whole = associations_of(ipma.body, &mut associations);
        }
        let references = find(meta, b"iref").map(references_of).unwrap_or_default();
        let idat = find(meta, b"idat").unwrap_or_default();
        Some(Self { file, idat, primary, items, references, properties, associations })
    }

    /// Returns the pieces of an item's bytes; `None` where they are not all there or lie elsewhere.
    pub(crate) fn pieces(&self, item: &Item) -> Option<Vec<&'a [u8]>> {
        let place = match item.construction {
            0 => self.file,
            1 => self.idat,
            _ => return None,
        };
        let piece = |&(offset, length): &(u64, u64)| {
            let start = usize::try_from(offset).ok()?;
            let end = if length == 0 { place.len() } else { start.checked_add(usize::try_from(length).ok()?)? };
            place.get(start..end)
        };
        item.extents.iter().map(piece).collect()
    }

    /// Returns the properties of an item, in order.
    pub(crate) fn properties(&self, id: u32) -> impl Iterator<Item = Box4<'a>> + '_ {
        let indices = self.associations.get(&id).map(Vec::as_slice).unwrap_or_default();
        indices.iter().filter_map(|&index| self.properties.get(index.checked_sub(1)?).copied())
    }

    /// Returns the first property of that kind of an item.
    pub(crate) fn property(&self, id: u32, kind: &[u8; 4]) -> Option<&'a [u8]> {
        self.properties(id).find(|property| property.kind == *kind).map(|property| property.body)
    }

    /// Returns the items that refer to `id` by a reference of that kind, or to which it refers (`dimg`), in order.
    pub(crate) fn referring(&self, kind: &[u8; 4], id: u32) -> Vec<u32> {
        self.references.iter().filter(|r| r.kind == *kind && r.to.contains(&id)).map(|r| r.from).collect()
    }

    /// Returns the items that `id` is made of (its tiles), in order.
    pub(crate) fn made_of(&self, id: u32) -> Vec<u32> {
        self.references.iter().filter(|r| r.kind == *b"dimg" && r.from == id).flat_map(|r| r.to.iter().copied()).collect()
    }
}

fn item_kinds(iinf: &[u8]) -> Option<BTreeMap<u32, Item>> {
    let start = if *iinf.first()? == 0 { 6 } else { 8 };
    let mut items = BTreeMap::new();
    for infe in boxes(iinf.get(start..)?).filter(|b| b.kind == *b"infe").take(ITEMS_MAX) {
        let version = infe.body.first().copied().unwrap_or(0);
        let mut cursor = Cursor { rest: infe.body.get(4..).unwrap_or_default() };
        let mut read = || {
            let id = u32::try_from(cursor.uint(if version == 3 { 4 } else { 2 })?).ok()?;
            let _protection = cursor.uint(2)?;
            let kind: [u8; 4] = cursor.bytes(4)?.try_into().ok()?;
            let mut texts = cursor.rest.split(|&b| b == 0);
            let content_type = if kind == *b"mime" { texts.nth(1).unwrap_or_default().to_vec() } else { Vec::new() };
            Some(Item { id, kind, content_type, ..Item::default() })
        };
        if let Some(item) = (version >= 2).then(&mut read).flatten() {
            items.insert(item.id, item);
        }
    }
    Some(items)
}

/// Fills in where each item lies; stops at damage.
fn item_places(iloc: &[u8], items: &mut BTreeMap<u32, Item>) -> Option<()> {
    let version = *iloc.first()?;
    let mut cursor = Cursor { rest: iloc.get(4..)? };
    let (sizes, more) = (cursor.uint(1)? as usize, cursor.uint(1)? as usize);
    let (offset_width, length_width, base_width) = (sizes >> 4, sizes & 15, more >> 4);
    let index_width = if version == 0 { 0 } else { more & 15 };
    let count = cursor.uint(if version < 2 { 2 } else { 4 })?;
    // Extents of no width take no bytes, so the file's size does not bound them.
    let mut extents_left = ITEMS_MAX;
    for _ in 0..count.min(ITEMS_MAX as u64) {
        let id = u32::try_from(cursor.uint(if version < 2 { 2 } else { 4 })?).ok()?;
        let construction = if version == 0 { 0 } else { (cursor.uint(2)? & 15) as u8 };
        let _source = cursor.uint(2)?;
        let base = cursor.uint(base_width)?;
        let extent_count = cursor.uint(2)?;
        let mut extents = Vec::new();
        for _ in 0..extent_count {
            extents_left = extents_left.checked_sub(1)?;
            let _index = cursor.uint(index_width)?;
            let (offset, length) = (cursor.uint(offset_width)?, cursor.uint(length_width)?);
            extents.push((base.checked_add(offset)?, length));
        }
        if let Some(item) = items.get_mut(&id) {
            (item.construction, item.extents) = (construction, extents);
        }
    }
    Some(())
}

fn references_of(iref: &[u8]) -> Vec<Reference> {
    let wide = iref.first().is_some_and(|&version| version > 0);
    let width = if wide { 4 } else { 2 };
    let read = |b: Box4<'_>| {
        let mut cursor = Cursor { rest: b.body };
        let from = u32::try_from(cursor.uint(width)?).ok()?;
        let count = cursor.uint(2)?;
        let to = (0..count).map(|_| cursor.uint(width).and_then(|id| u32::try_from(id).ok())).collect::<Option<_>>()?;
        Some(Reference { kind: b.kind, from, to })
    };
    boxes(iref.get(4..).unwrap_or_default()).take(ITEMS_MAX).filter_map(read).collect()
}

fn associations_of(ipma: &[u8], out: &mut BTreeMap<u32, Vec<usize>>) -> Option<()> {
    let (version, wide) = (*ipma.first()?, ipma.get(3)? & 1 == 1);
    let mut cursor = Cursor { rest: ipma.get(4..)? };
    let count = cursor.uint(4)?;
    for _ in 0..count.min(ITEMS_MAX as u64) {
        let id = u32::try_from(cursor.uint(if version < 1 { 2 } else { 4 })?).ok()?;
        let associated = cursor.uint(1)?;
        for _ in 0..associated {
            // The highest bit says whether a reader must know the property.
            let index = cursor.uint(if wide { 2 } else { 1 })? & if wide { 0x7fff } else { 0x7f };
            out.entry(id).or_default().push(index as usize);
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
    }

    #[test]
    fn sizes_of_all_three_kinds() {
        let wide = [&1u32.to_be_bytes()[..], b"wide", &18u64.to_be_bytes(), b"xy"].concat();
        let open = [&0u32.to_be_bytes()[..], b"open", b"rest"].concat();
        let bytes = [drawn(b"norm", b"abc"), wide, open].concat();
        let seen: Vec<_> = boxes(&bytes).map(|b| (b.kind, b.body)).collect();
        assert_eq!(seen, [(*b"norm", &b"abc"[..]), (*b"wide", b"xy"), (*b"open", b"rest")]);
        assert_eq!(boxes(&drawn(b"norm", b"abc")[..10]).count(), 0, "a cut box is damage");
        assert_eq!(header(b"\0\0\0\x07size"), None, "smaller than its own header");
        assert_eq!(path(&drawn(b"moov", &drawn(b"mvhd", b"!")), &[b"moov", b"mvhd"]), Some(&b"!"[..]));
    }

    #[test]
    fn boxes_are_bounded() {
        let bytes = drawn(b"free", b"").repeat(BOXES_MAX + 1);
        assert_eq!(boxes(&bytes).count(), BOXES_MAX);
    }

    /// A HEIF of a primary item 1 made of 2 and 3 (in the file), an Exif item 4 (in idat).
    #[test]
    fn items_places_references_and_properties() {
        let infe = |id: u16, kind: &[u8; 4]| drawn(b"infe", &[b"\x02\0\0\0", &id.to_be_bytes()[..], b"\0\0", kind, b"\0"].concat());
        let iinf = [b"\0\0\0\0\0\x04".to_vec(), infe(1, b"grid"), infe(2, b"hvc1"), infe(3, b"hvc1"), infe(4, b"Exif")].concat();
        let place = |id: u16, construction: u16, offset: u32, length: u32| {
            [&id.to_be_bytes()[..], &construction.to_be_bytes(), b"\0\0", b"\0\x01", &offset.to_be_bytes(), &length.to_be_bytes()].concat()
        };
        let iloc = [b"\x01\0\0\0\x44\0\0\x04".to_vec(), place(1, 1, 0, 2), place(2, 0, 0, 3), place(3, 0, 3, u32::MAX), place(4, 1, 2, 2)]
            .concat();
        let dimg = drawn(b"dimg", b"\0\x01\0\x02\0\x02\0\x03");
        let ipco = drawn(b"ipco", &[drawn(b"irot", b"\x01"), drawn(b"ispe", b"....")].concat());
        let ipma = drawn(b"ipma", b"\0\0\0\0\0\0\0\x01\0\x01\x02\x82\x01");
        let meta = [
            b"\0\0\0\0".to_vec(),
            drawn(b"pitm", b"\0\0\0\0\0\x01"),
            drawn(b"iinf", &iinf),
            drawn(b"iloc", &iloc),
            drawn(b"iref", &[b"\0\0\0\0".to_vec(), dimg].concat()),
            drawn(b"iprp", &[ipco, ipma].concat()),
            drawn(b"idat", b"GGEE"),
        ]
        .concat();
        let file = drawn(b"meta", &meta);
        let heif = Heif::open(&file).expect("a HEIF");
        assert_eq!((heif.primary, heif.made_of(1), heif.referring(b"dimg", 3)), (1, vec![2, 3], vec![1]));
        assert_eq!(heif.pieces(&heif.items[&4]), Some(vec![&b"EE"[..]]));
        assert_eq!(heif.pieces(&heif.items[&2]), Some(vec![&file[..3]]));
        assert_eq!(heif.pieces(&heif.items[&3]), None, "an extent beyond the file");
        assert_eq!(heif.properties(1).map(|p| p.kind).collect::<Vec<_>>(), [*b"ispe", *b"irot"]);
        for cut in 0..file.len() {
            let _no_panic = Heif::open(&file[..cut]);
        }
    }

    #[test]
    fn extents_without_width_are_bounded() {
        // Items of 60,000 extents each, which take no bytes.
        let row = |id: u16| [&id.to_be_bytes()[..], b"\0\0", &60_000u16.to_be_bytes()].concat();
        let iloc = [b"\0\0\0\0\0\0\0\x02".to_vec(), row(1), row(2)].concat();
        let mut items: BTreeMap<u32, Item> = [1, 2].map(|id| (id, Item { id, ..Item::default() })).into();
        assert_eq!(item_places(&iloc, &mut items), None);
        assert_eq!((items[&1].extents.len(), items[&2].extents.len()), (60_000, 0));
    }
}
