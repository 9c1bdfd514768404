//! Reads the marker segments of a JPEG: frame, tables, restart interval and colour hints. It does not read coefficients.
//!
//! **Invariant:** every length is checked against the bytes there are; a segment that lies about itself is [`Fault::Damaged`].
//! Sources: ITU-T T.81 annex B, T.871 (JFIF), and for the Adobe marker Adobe's Technical Note 5116.

use super::Fault;
use super::bits::find_marker;
use super::huffman::Codes;

/// Most marker segments read. Photos have some dozens; panoramas and ICC profiles in parts some hundreds.
const MAX_SEGMENTS: usize = 20_000;

/// How the samples of a JPEG are to be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Colour {
    /// One component.
    Grey,
    /// Brightness and two differences.
    Ycbcr,
    /// Red, green and blue as they are (Adobe's transform 0, or components named R, G, B).
    Rgb,
    /// Two or four components: for the general decoder.
    Other,
}

/// One component of the frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    pub(super) id: u8,
    /// Horizontal and vertical sampling factor, 1 to 4.
    pub(super) across: usize,
    pub(super) down: usize,
    pub(super) quantiser: usize,
}

/// The frame header.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
}

impl Frame {
    /// Returns the largest sampling factors, across and down.
    pub(super) fn sampling(&self) -> (usize, usize) {
        let largest = |of: fn(&Component) -> usize| self.components.iter().map(of).max().unwrap_or(1);
        (largest(|component| component.across), largest(|component| component.down))
    }
}

/// One scan header.
#[derive(Debug, Clone)]
pub(super) struct Scan {
    /// Index of the component, its DC table and its AC table.
    pub(super) parts: Vec<(usize, usize, usize)>,
    /// First coefficient of the scan; 0 is DC.
    pub(super) first: u8,
    /// Bit position already known, 0 in a first scan.
    pub(super) high: u8,
    /// Bit position of this scan.
    pub(super) low: u8,
}

/// All that the segments said until now.
#[derive(Default)]
pub(super) struct Tables {
    pub(super) frame: Option<Frame>,
    /// The DC step of each quantisation table.
    pub(super) dc_steps: [Option<u16>; 4],
    pub(super) dc: [Option<Codes>; 4],
    pub(super) ac: [Option<Codes>; 4],
    /// MCUs between restart markers; 0 for none.
    pub(super) restart: usize,
    adobe_transform: Option<u8>,
    is_jfif: bool,
}

impl Tables {
    /// Tells how the samples are to be taken, as libjpeg guesses it (`jdapimin.c`, default_decompress_parms).
    pub(super) fn colour(&self) -> Colour {
        let ids: Vec<u8> = self.frame.iter().flat_map(|frame| &frame.components).map(|component| component.id).collect();
        match (ids.len(), self.adobe_transform) {
            (1, _) => Colour::Grey,
            (3, _) if self.is_jfif => Colour::Ycbcr,
            (3, Some(0)) => Colour::Rgb,
            (3, None) if ids == *b"RGB" => Colour::Rgb,
            (3, _) => Colour::Ycbcr,
            _ => Colour::Other,
        }
    }
}

/// What stands at a place in the file.
pub(super) enum Segment {
    /// A scan follows at this byte.
    Scan(Scan, usize),
    /// The end marker, or the end of the bytes.
    End { marked: bool },
}

/// Reads segments from byte `at` until a scan or the end, into `tables`.
pub(super) fn read_until_scan(data: &[u8], mut at: usize, tables: &mut Tables) -> Result<Segment, Fault> {
    let mut segments = 0;
    while segments < MAX_SEGMENTS {
        let Some(marker_at) = find_marker(data, at) else { return Ok(Segment::End { marked: false }) };
        let marker = data[marker_at + 1];
        at = marker_at + 2;
        match marker {
            // Those of a skipped scan are no segments: there may be one for each MCU.
            0xD8 | 0x01 | 0xD0..=0xD7 => continue,
            0xD9 => return Ok(Segment::End { marked: true }),
            _ => segments += 1,
        }
        let length = data.get(at..at + 2).map(|bytes| usize::from(u16::from_be_bytes([bytes[0], bytes[1]])));
        let body = length.and_then(|length| data.get(at + 2..at + length));
        let Some(body) = body else { return Ok(Segment::End { marked: false }) };
        at += body.len() + 2;
        if let Some(scan) = read_segment(marker, body, tables)? {
            return Ok(Segment::Scan(scan, at));
        }
    }
    Err(Fault::Damaged("too many marker segments".to_owned()))
}

fn read_segment(marker: u8, body: &[u8], tables: &mut Tables) -> Result<Option<Scan>, Fault> {
    match marker {
        0xC0..=0xC2 => {
            if tables.frame.is_some() {
                return Err(Fault::Unusual("more than one frame".to_owned()));
            }
            tables.frame = Some(read_frame(marker, body)?);
        }
        0xC4 => read_huffman(body, tables)?,
        0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
            return Err(Fault::Unsupported("lossless, hierarchical or arithmetic coding".to_owned()));
        }
        0xDA => return read_scan(body, tables).map(Some),
        0xDB => read_quantisation(body, tables)?,
        0xDD => tables.restart = body.get(..2).map_or(0, |bytes| usize::from(u16::from_be_bytes([bytes[0], bytes[1]]))),
        0xE0 if body.starts_with(b"JFIF\0") => tables.is_jfif = true,
        0xEE if body.starts_with(b"Adobe") => tables.adobe_transform = body.get(11).copied(),
        _ => {}
    }
    Ok(None)
}

fn damaged(what: &str) -> Fault {
    Fault::Damaged(format!("its {what} cannot be read"))
}

fn read_frame(marker: u8, body: &[u8]) -> Result<Frame, Fault> {
    let &[precision, h1, h0, w1, w0, count, ref rest @ ..] = body else { return Err(damaged("frame header")) };
    if precision != 8 {
        return Err(Fault::Unsupported(format!("{precision} bits a sample")));
    }
    let (height, width) = (usize::from(u16::from_be_bytes([h1, h0])), usize::from(u16::from_be_bytes([w1, w0])));
    if width == 0 || height == 0 {
        return Err(Fault::Damaged("its frame has no size".to_owned()));
    }
    let parts = rest.get(..usize::from(count) * 3).ok_or_else(|| damaged("frame header"))?.chunks_exact(3);
    let component = |part: &[u8]| Component {
        id: part[0],
        across: usize::from(part[1] >> 4),
        down: usize::from(part[1] & 15),
        quantiser: usize::from(part[2]),
    };
    let components: Vec<Component> = parts.map(component).collect();
    let fine = |component: &Component| (1..=4).contains(&component.across) && (1..=4).contains(&component.down) && component.quantiser < 4;
    if !(1..=4).contains(&components.len()) || !components.iter().all(fine) {
        return Err(damaged("frame header"));
    }
    Ok(Frame { width, height, progressive: marker == 0xC2, components })
}

fn read_huffman(mut body: &[u8], tables: &mut Tables) -> Result<(), Fault> {
    while let [class_and_slot, rest @ ..] = body {
        let (Some(counts), slot) = (rest.first_chunk::<16>(), usize::from(class_and_slot & 15)) else {
            return Err(damaged("code table"));
        };
        let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
        let set = if class_and_slot >> 4 == 0 { &mut tables.dc } else { &mut tables.ac };
        let place = set.get_mut(slot).ok_or_else(|| damaged("code table"))?;
        *place = Some(Codes::new(*counts, &rest[16..]).ok_or_else(|| damaged("code table"))?);
        body = &rest[16 + total..];
    }
    Ok(())
}

fn read_quantisation(mut body: &[u8], tables: &mut Tables) -> Result<(), Fault> {
    while let [precision_and_slot, rest @ ..] = body {
        let wide = precision_and_slot >> 4 != 0;
        let table = rest.get(..if wide { 128 } else { 64 }).ok_or_else(|| damaged("quantisation table"))?;
        let step = if wide { u16::from_be_bytes([table[0], table[1]]) } else { u16::from(table[0]) };
        *tables.dc_steps.get_mut(usize::from(precision_and_slot & 15)).ok_or_else(|| damaged("quantisation table"))? = Some(step);
        body = &rest[table.len()..];
    }
    Ok(())
}

fn read_scan(body: &[u8], tables: &Tables) -> Result<Scan, Fault> {
    let frame = tables.frame.as_ref().ok_or_else(|| Fault::Damaged("its pixels come before its size".to_owned()))?;
    let count = usize::from(*body.first().ok_or_else(|| damaged("scan header"))?);
    let (Some(parts), Some(&[first, _last, bits])) =
        (body.get(1..1 + count * 2), body.get(1 + count * 2..).and_then(|rest| rest.first_chunk()))
    else {
        return Err(damaged("scan header"));
    };
    let part = |part: &[u8]| {
        let index = frame.components.iter().position(|component| component.id == part[0])?;
        Some((index, usize::from(part[1] >> 4), usize::from(part[1] & 15)))
    };
    let parts: Vec<_> = parts.chunks_exact(2).map(part).collect::<Option<_>>().ok_or_else(|| damaged("scan header"))?;
    let twice = (1..parts.len()).any(|n| parts[..n].iter().any(|part| part.0 == parts[n].0));
    if parts.is_empty() || twice || bits & 15 > 13 {
        return Err(damaged("scan header"));
    }
    Ok(Scan { parts, first, high: bits >> 4, low: bits & 15 })
}
