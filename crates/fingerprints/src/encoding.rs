//! Traces that JPEG coding leaves in its tables: which setting of the usual scale, whose tables, one scan or many. Says nothing of
//! pixels. Source: ITU-T T.81 annex K tables K.1 and K.2, and libjpeg's scaling of them (jcparam.c: 5000/q below 50, else 200 - 2q).

pub(crate) mod steps;

use crate::chunks;

/// What the tables of a JPEG tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JpegCoding {
    /// Setting of the IJG scale, 1 to 100, nearest to the brightness table.
    pub(crate) quality: u8,
    /// Whether brightness and colour tables are exactly the IJG's for that setting.
    pub(crate) standard_tables: bool,
    /// Whether coded progressively.
    pub(crate) progressive: bool,
}

type Table = [u16; 64];

/// T.81 table K.1, in zigzag order as DQT stores it.
const BRIGHTNESS: Table = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40, 58, 51, 61, 60, 57, 51, 56, 55,
    64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];
/// T.81 table K.2, in zigzag order.
const COLOUR: Table = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// Returns a table scaled to a setting, entries at most `most`.
fn scaled(table: &Table, quality: u32, most: u32) -> Table {
    let scale = if quality < 50 { 5000 / quality } else { 200 - 2 * quality };
    table.map(|base| ((u32::from(base) * scale + 50) / 100).clamp(1, most) as u16)
}

/// Returns the highest setting whose table has that first step; `None` for steps of none.
pub(crate) fn quality_of_step(step: u16) -> Option<u8> {
    (1..=100u8).rev().find(|&quality| scaled(&BRIGHTNESS, u32::from(quality), 255)[0] >= step)
}

/// Returns what the tables of a JPEG tell; `None` without a frame or its table.
pub(crate) fn jpeg(bytes: &[u8]) -> Option<JpegCoding> {
    let segments = chunks::jpeg_head(bytes)?;
    let mut tables: [Option<(Table, bool)>; 4] = [None; 4];
    let frame = segments.iter().find(|s| matches!(s.marker, 0xc0..=0xc2 | 0xc9 | 0xca))?;
    for segment in segments.iter().filter(|s| s.marker == 0xdb) {
        read_tables(segment.body, &mut tables);
    }
    let components = usize::from(*frame.body.get(5)?);
    let table_of = |component: usize| tables.get(usize::from(*frame.body.get(6 + component * 3 + 2)?)).copied().flatten();
    let (brightness, wide) = table_of(0)?;
    let most = if wide { 32_767 } else { 255 };
    let distance = |quality: u32| -> u32 {
        let pairs = scaled(&BRIGHTNESS, quality, most).into_iter().zip(brightness);
        pairs.map(|(a, b)| u32::from(a.abs_diff(b))).sum()
    };
    // Of equals the highest setting: at 1 and 2 all entries are cut at 255.
    let quality = (1..=100u32).rev().min_by_key(|&quality| distance(quality))?;
    let colour_is_standard = components < 3 || table_of(1).is_some_and(|(table, _)| table == scaled(&COLOUR, quality, most));
    Some(JpegCoding {
        quality: quality as u8,
        standard_tables: distance(quality) == 0 && colour_is_standard,
        progressive: matches!(frame.marker, 0xc2 | 0xca),
    })
}

fn read_tables(body: &[u8], tables: &mut [Option<(Table, bool)>; 4]) {
    let mut rest = body;
    while let Some((&head, after)) = rest.split_first() {
        let wide = head >> 4 == 1;
        let length = if wide { 128 } else { 64 };
        let Some(entries) = after.get(..length) else { return };
        let mut table = [0; 64];
        for (index, entry) in table.iter_mut().enumerate() {
            *entry = if wide { u16::from_be_bytes([entries[2 * index], entries[2 * index + 1]]) } else { u16::from(entries[index]) };
        }
        if let Some(slot) = tables.get_mut(usize::from(head & 15)) {
            *slot = Some((table, wide));
        }
        rest = &after[length..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(brightness: &Table, colour: &Table, marker: u8) -> Vec<u8> {
        let mut out = b"\xff\xd8\xff\xdb\0\x84\0".to_vec();
        out.extend(brightness.iter().map(|v| *v as u8));
        out.push(1);
        out.extend(colour.iter().map(|v| *v as u8));
        out.extend([0xff, marker, 0, 17, 8, 0, 16, 0, 16, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1, 0xff, 0xd9]);
        out
    }

    #[test]
    fn settings_come_back_and_a_cameras_own_tables_are_told() {
        for quality in [3, 10, 25, 50, 75, 85, 90, 95, 100] {
            let bytes = drawn(&scaled(&BRIGHTNESS, quality, 255), &scaled(&COLOUR, quality, 255), 0xc0);
            let expected = JpegCoding { quality: quality as u8, standard_tables: true, progressive: false };
            assert_eq!(jpeg(&bytes), Some(expected));
        }
        let mut own = scaled(&BRIGHTNESS, 92, 255);
        own[5] += 1;
        let expected = JpegCoding { quality: 92, standard_tables: false, progressive: true };
        assert_eq!(jpeg(&drawn(&own, &scaled(&COLOUR, 92, 255), 0xc2)), Some(expected));
        let other_colour = drawn(&scaled(&BRIGHTNESS, 92, 255), &scaled(&COLOUR, 80, 255), 0xc0);
        assert_eq!(jpeg(&other_colour).map(|c| c.standard_tables), Some(false));
    }

    #[test]
    fn damage_gives_nothing() {
        let bytes = drawn(&BRIGHTNESS, &COLOUR, 0xc0);
        for cut in 0..bytes.len() - 2 {
            assert_eq!(jpeg(&bytes[..cut]), None, "cut at {cut}");
        }
    }
}
