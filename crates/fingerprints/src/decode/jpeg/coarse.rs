//! Decodes the DC coefficients of a JPEG: the exact averages of its 8 × 8 blocks, an eighth of the picture in about a sixth of the
//! time of a full decode. AC coefficients are passed over; in a progressive file their scans are skipped whole.
//!
//! It also says how much of the picture came ([`Coarse::complete`]), for both ways of decoding, so that one rule holds for both. What
//! it does not see: damage to bits that still read as some coefficients (a JPEG has no checksum), and damage inside skipped scans.
//!
//! **Invariants:** time is bounded by the bytes and blocks there are; all arithmetic wraps or is cut, so hostile values only give an
//! ugly picture. Source: ITU-T T.81, F.2 (sequential) and G.2 (progressive).

use super::Fault;
use super::bits::BitReader;
use super::huffman::{AcTable, BrokenCode, DcTable};
use super::markers::{Component, Frame, Scan, Segment, Tables, read_until_scan};
use std::ops::Range;

/// Most scans read. The IJG's progressive script has 10, a fully separate one about 200.
const MAX_SCANS: usize = 500;

/// Zeros at the end of a file without end marker that are a lost part. Even a plain grey area has other bits between its blocks.
const UNWRITTEN_BYTES: usize = 16;

/// The DC coefficients of one component.
pub(super) struct BlockPlane {
    /// Blocks across and down that the picture needs.
    pub(super) width: usize,
    pub(super) height: usize,
    /// Blocks from one row to the next, with those that fill up the last MCU.
    stride: usize,
    coefficients: Vec<i16>,
    /// The quantisation step, taken when the component's first scan began.
    step: Option<u16>,
    /// Share of its blocks that came, in the worst of its scans; `None` before the first.
    came: Option<f64>,
}

impl BlockPlane {
    fn new(component: &Component, frame: &Frame) -> Self {
        let (across, down) = frame.sampling();
        let blocks = |pixels: usize, factor: usize, largest: usize| (pixels * factor).div_ceil(largest).div_ceil(8);
        let (width, height) = (blocks(frame.width, component.across, across), blocks(frame.height, component.down, down));
        let stride = frame.width.div_ceil(8 * across) * component.across;
        let rows = frame.height.div_ceil(8 * down) * component.down;
        Self { width, height, stride, coefficients: vec![0; stride * rows], step: None, came: None }
    }

    /// Returns the quantisation step, and rows of coefficients in steps.
    pub(super) fn levels(&self) -> (u16, impl Iterator<Item = &[i16]>) {
        (self.step.unwrap_or(0), self.coefficients.chunks_exact(self.stride.max(1)).take(self.height).map(|row| &row[..self.width]))
    }

    /// Returns the coefficients of a row, and the quantisation step: an average before the level shift is their product / 8, about
    /// -128 to 127.
    pub(super) fn row(&self, row: usize) -> (&[i16], u16) {
        (&self.coefficients[row * self.stride..][..self.width], self.step.unwrap_or(1))
    }
}

/// The DC picture.
pub(super) struct Coarse {
    pub(super) frame: Frame,
    pub(super) tables: Tables,
    pub(super) planes: Vec<BlockPlane>,
    /// Share of the picture that came, 0 to 1; `None` where a progressive file ends before its end marker, so that later scans are
    /// missing, nobody knows how many.
    pub(super) complete: Option<f64>,
    /// Whether there is no end marker, and the bits of a sequential file end as a part of a file does that was never written: in zeros. They
    /// read as coefficients.
    pub(super) is_unended: bool,
    /// Whether this is a sequential file whose components do not come in one scan.
    pub(super) is_in_separate_scans: bool,
}

/// Decodes the DC coefficients of all components. `check` is asked once the frame is known, before memory is taken for it.
///
/// # Errors
/// [`Fault`] where headers are damaged or call for another decoder. Pixels that end early are no error here; see
/// [`Coarse::complete`].
pub(super) fn decode(data: &[u8], check: impl Fn(&Frame) -> Result<(), Fault>) -> Result<Coarse, Fault> {
    let mut tables = Tables::default();
    let mut planes = Vec::new();
    let mut at = 0;
    let (mut marked, mut scans) = (false, 0);
    for _ in 0..MAX_SCANS {
        let (scan, begin) = match read_until_scan(data, at, &mut tables)? {
            Segment::Scan(scan, begin) => (scan, begin),
            Segment::End { marked: end } => {
                marked = end;
                break;
            }
        };
        let frame = tables.frame.as_ref().ok_or_else(|| Fault::Damaged("its pixels come before its size".to_owned()))?;
        if planes.is_empty() {
            check(frame)?;
            planes = frame.components.iter().map(|component| BlockPlane::new(component, frame)).collect();
        }
        at = if frame.progressive && scan.first > 0 { begin } else { decode_scan(data, begin, &scan, frame, &tables, &mut planes)? };
        scans += 1;
        if !frame.progressive && planes.iter().all(|plane| plane.came.is_some()) {
            break;
        }
    }
    let frame = tables.frame.clone().ok_or_else(|| Fault::Damaged("it has no frame".to_owned()))?;
    check(&frame)?;
    let came = if planes.is_empty() { 0.0 } else { planes.iter().map(|plane| plane.came.unwrap_or(0.0)).fold(1.0, f64::min) };
    let complete = (marked || !frame.progressive || came < 1.0).then_some(came);
    let is_in_separate_scans = !frame.progressive && scans > 1;
    let has_end = || data.get(at..).is_some_and(|rest| memchr::memmem::find(rest, &[0xFF, 0xD9]).is_some());
    let is_unended = !frame.progressive && data.ends_with(&[0; UNWRITTEN_BYTES]) && !has_end();
    Ok(Coarse { frame, tables, planes, complete, is_unended, is_in_separate_scans })
}

/// What to do with the blocks of one scan.
enum Work {
    /// DC difference and AC symbols.
    Sequential(Vec<(DcTable, AcTable)>),
    /// DC difference, shifted up.
    First(Vec<DcTable>, u8),
    /// One more bit of each DC coefficient.
    Refine(u8),
}

fn work_of(scan: &Scan, frame: &Frame, tables: &Tables) -> Result<Work, Fault> {
    let missing = || Fault::Unusual("a code table is missing".to_owned());
    let dc = |slot: usize| tables.dc.get(slot).and_then(Option::as_ref).map(DcTable::new).ok_or_else(missing);
    let ac = |slot: usize| tables.ac.get(slot).and_then(Option::as_ref).map(AcTable::new).ok_or_else(missing);
    if !frame.progressive {
        let pairs = scan.parts.iter().map(|&(_, dc_slot, ac_slot)| Ok((dc(dc_slot)?, ac(ac_slot)?)));
        return Ok(Work::Sequential(pairs.collect::<Result<_, Fault>>()?));
    }
    if scan.high > 0 {
        return Ok(Work::Refine(scan.low));
    }
    Ok(Work::First(scan.parts.iter().map(|&(_, slot, _)| dc(slot)).collect::<Result<_, _>>()?, scan.low))
}

/// One block of an MCU.
#[derive(Clone, Copy)]
struct Slot {
    /// Which part of the scan it belongs to.
    part: usize,
    /// Where it lies in its plane, in the first MCU.
    offset: usize,
    /// From there to its place in the next MCU, and to its place in the next row of MCUs.
    to_next: usize,
    to_below: usize,
}

/// How a scan walks its components.
struct Walk {
    slots: Vec<Slot>,
    /// MCUs in a row, and rows.
    across: usize,
    down: usize,
}

impl Walk {
    fn of(scan: &Scan, frame: &Frame, planes: &[BlockPlane]) -> Self {
        if let [(component, _, _)] = scan.parts[..] {
            let plane = &planes[component];
            let slots = vec![Slot { part: 0, offset: 0, to_next: 1, to_below: plane.stride }];
            return Self { slots, across: plane.width, down: plane.height };
        }
        let mut slots = Vec::new();
        for (part, &(component, ..)) in scan.parts.iter().enumerate() {
            let (of, stride) = (&frame.components[component], planes[component].stride);
            let offsets = (0..of.down).flat_map(|row| (0..of.across).map(move |column| row * stride + column));
            slots.extend(offsets.map(|offset| Slot { part, offset, to_next: of.across, to_below: of.down * stride }));
        }
        let (across, down) = frame.sampling();
        Self { slots, across: frame.width.div_ceil(8 * across), down: frame.height.div_ceil(8 * down) }
    }

    /// Calls `decode` with each block of `mcus`, its part and the part's running level, until one is broken or the bits end; returns
    /// how many MCUs came whole.
    #[inline(always)]
    fn each_block(
        &self,
        reader: &mut BitReader<'_>,
        mcus: Range<usize>,
        targets: &mut [Vec<i16>],
        mut decode: impl FnMut(&mut BitReader<'_>, usize, &mut i32, &mut i16) -> Result<(), BrokenCode>,
    ) -> usize {
        // A copy of its own stays in registers.
        let mut bits = *reader;
        let mut levels = [0i32; 4];
        let (mut row, mut column) = (mcus.start / self.across, mcus.start % self.across);
        let mut done = 0;
        'mcus: for _ in mcus {
            for slot in &self.slots {
                let block = &mut targets[slot.part][slot.offset + column * slot.to_next + row * slot.to_below];
                if decode(&mut bits, slot.part, &mut levels[slot.part], block).is_err() {
                    break 'mcus;
                }
            }
            if bits.has_overrun() {
                break;
            }
            done += 1;
            column += 1;
            if column == self.across {
                (row, column) = (row + 1, 0);
            }
        }
        *reader = bits;
        done
    }
}

/// Decodes one scan and returns where the next marker is looked for.
fn decode_scan(data: &[u8], begin: usize, scan: &Scan, frame: &Frame, tables: &Tables, planes: &mut [BlockPlane]) -> Result<usize, Fault> {
    let work = work_of(scan, frame, tables)?;
    let walk = Walk::of(scan, frame, planes);
    for &(component, ..) in &scan.parts {
        let plane = &mut planes[component];
        plane.step = plane.step.or(tables.dc_steps[frame.components[component].quantiser]);
    }
    let mut targets: Vec<Vec<i16>> = scan.parts.iter().map(|&(index, ..)| std::mem::take(&mut planes[index].coefficients)).collect();
    let total = walk.across * walk.down;
    let interval = if tables.restart == 0 { total } else { tables.restart };
    let mut bits = BitReader::new(data, begin);
    let (mut done, mut next) = (0, 0);
    for number in (0..8).cycle() {
        let end = (next + interval).min(total);
        done += decode_interval(&mut bits, &work, &walk, next..end, &mut targets);
        next = end;
        let marker = bits.seek_marker();
        if next >= total || marker != Some(0xD0 + number) {
            break;
        }
        bits.pass_marker();
    }
    let share = done as f64 / total as f64;
    for (&(component, ..), coefficients) in scan.parts.iter().zip(targets) {
        let plane = &mut planes[component];
        plane.coefficients = coefficients;
        plane.came = Some(plane.came.unwrap_or(1.0).min(share));
    }
    Ok(bits.position().max(begin))
}

/// Decodes the MCUs of one restart interval and returns how many came whole.
fn decode_interval(bits: &mut BitReader<'_>, work: &Work, walk: &Walk, mcus: Range<usize>, targets: &mut [Vec<i16>]) -> usize {
    match work {
        Work::Sequential(tables) => walk.each_block(bits, mcus, targets, |bits, part, level, block| {
            let (dc, ac) = &tables[part];
            *level = level.wrapping_add(dc.take_difference(bits)?);
            *block = *level as i16;
            ac.pass_block(bits)
        }),
        Work::First(tables, low) => walk.each_block(bits, mcus, targets, |bits, part, level, block| {
            *level = level.wrapping_add(tables[part].take_difference(bits)?);
            *block = (*level << low) as i16;
            Ok(())
        }),
        Work::Refine(low) => walk.each_block(bits, mcus, targets, |bits, _, _, block| {
            bits.fill();
            *block |= (bits.peek(1) << low) as i16;
            bits.take(1);
            Ok(())
        }),
    }
}
