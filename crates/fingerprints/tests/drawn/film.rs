//! Draws films: boxes in any order, with tracks described but samples that nobody can decode.

use super::bmff_box;

/// What a drawn film is made of.
#[derive(Clone)]
pub(crate) struct Film {
    /// `ftyp`'s brand.
    pub(crate) brand: &'static [u8; 4],
    /// Media data boxes.
    pub(crate) samples: Vec<Vec<u8>>,
    /// Whether the index comes before the media data.
    pub(crate) index_first: bool,
    /// Whether media data boxes have 64-bit sizes.
    pub(crate) wide: bool,
    /// a, b, c, d of the track's matrix.
    pub(crate) matrix: [i32; 4],
    /// Ticks a sample lasts, of 1000 a second.
    pub(crate) sample_ticks: u32,
    /// Where the edit list starts, ticks.
    pub(crate) cut_ticks: u32,
    /// `mvhd`'s time, seconds since 1904.
    pub(crate) since_1904: u32,
    /// QuickTime metadata: key and text.
    pub(crate) keys: Vec<(&'static str, &'static str)>,
    /// User data boxes: four letters and text.
    pub(crate) user: Vec<(&'static [u8; 4], &'static str)>,
    /// Fragments' indices, put between the media data.
    pub(crate) fragments: Vec<Vec<u8>>,
}

impl Default for Film {
    fn default() -> Self {
        Self {
            brand: b"isom",
            samples: vec![b"some samples".to_vec(), b"and some more".to_vec()],
            index_first: false,
            wide: false,
            matrix: [1, 0, 0, 1],
            sample_ticks: 40,
            cut_ticks: 0,
            since_1904: 0,
            keys: Vec::new(),
            user: Vec::new(),
            fragments: Vec::new(),
        }
    }
}

fn longs(numbers: &[u32]) -> Vec<u8> {
    numbers.iter().flat_map(|n| n.to_be_bytes()).collect()
}

impl Film {
    /// Returns the file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut out = bmff_box(b"ftyp", &[&self.brand[..], b"\0\0\0\0", self.brand].concat());
        if self.index_first {
            out.extend(self.moov());
        }
        for (n, samples) in self.samples.iter().enumerate() {
            self.fragments.get(n).iter().for_each(|fragment| out.extend(bmff_box(b"moof", fragment)));
            out.extend(match self.wide {
                true => [&longs(&[1])[..], b"mdat", &(samples.len() as u64 + 16).to_be_bytes(), samples].concat(),
                false => bmff_box(b"mdat", samples),
            });
        }
        if !self.index_first {
            out.extend(bmff_box(b"free", &[0; 9]));
            out.extend(self.moov());
        }
        out
    }

    fn moov(&self) -> Vec<u8> {
        let mut mvhd = longs(&[0, self.since_1904, self.since_1904, 1000, 4000, 0x10000, 0x0100_0000, 0, 0]);
        mvhd.extend(longs(&[0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000, 0, 0, 0, 0, 0, 0, 2]));
        let [a, b, c, d] = self.matrix.map(|n| (n * 0x10000) as u32);
        let mut tkhd = longs(&[7, 0, 0, 1, 0, 4000, 0, 0, 0, 0, a, b, 0, c, d, 0, 0, 0, 0x4000_0000]);
        tkhd.extend(longs(&[1920 << 16, 1080 << 16]));
        let elst = bmff_box(b"elst", &longs(&[0, 1, 4000, self.cut_ticks, 0x10000]));
        let stbl = [
            bmff_box(b"stsd", &[&longs(&[0, 1])[..], &bmff_box(b"avc1", &[0; 78])].concat()),
            bmff_box(b"stts", &longs(&[0, 1, 100, self.sample_ticks])),
            bmff_box(b"stco", &longs(&[0, 1, if self.index_first { 900 } else { 28 }])),
        ]
        .concat();
        let mdia = [
            bmff_box(b"mdhd", &longs(&[0, 0, 0, 1000, 4000, 0x55c4_0000])),
            bmff_box(b"hdlr", b"\0\0\0\0\0\0\0\0vide\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            bmff_box(b"minf", &bmff_box(b"stbl", &stbl)),
        ]
        .concat();
        let trak = [bmff_box(b"tkhd", &tkhd), bmff_box(b"edts", &elst), bmff_box(b"mdia", &mdia)].concat();
        let mut moov = [bmff_box(b"mvhd", &mvhd), bmff_box(b"trak", &trak)].concat();
        if !self.keys.is_empty() {
            moov.extend(self.meta());
        }
        if !self.user.is_empty() {
            let text = |(kind, text): &(&'static [u8; 4], &'static str)| {
                bmff_box(kind, &[&(text.len() as u16).to_be_bytes()[..], b"\x15\xc7", text.as_bytes()].concat())
            };
            moov.extend(bmff_box(b"udta", &self.user.iter().flat_map(text).collect::<Vec<u8>>()));
        }
        bmff_box(b"moov", &moov)
    }

    fn meta(&self) -> Vec<u8> {
        let keys: Vec<u8> = self.keys.iter().flat_map(|(key, _)| bmff_box(b"mdta", key.as_bytes())).collect();
        let value = |(n, (_, text)): (usize, &(&'static str, &'static str))| {
            let data = bmff_box(b"data", &[b"\0\0\0\x01\0\0\0\0", text.as_bytes()].concat());
            bmff_box(&(n as u32 + 1).to_be_bytes(), &data)
        };
        let values: Vec<u8> = self.keys.iter().enumerate().flat_map(value).collect();
        let meta = [
            bmff_box(b"hdlr", b"\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
            bmff_box(b"keys", &[longs(&[0, self.keys.len() as u32]), keys].concat()),
            bmff_box(b"ilst", &values),
        ]
        .concat();
        bmff_box(b"meta", &meta)
    }
}
