//! Pictures as H.264 without compression: every macroblock is I_PCM, its samples as they are. Pictures that are no key frames are P
//! slices of I_PCM macroblocks, which a decoder reaches only from the key frame before.
//!
//! The decoded picture is exact but for the conversion of colours. Source: ITU-T H.264 §7.3 (Baseline profile).

use crate::canvas::Canvas;

/// Bits, most significant first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    used: u32,
}

impl Bits {
    fn put(&mut self, value: u32, width: u32) {
        for n in (0..width).rev() {
            if self.used.is_multiple_of(8) {
                self.bytes.push(0);
            }
            let last = self.bytes.last_mut().expect("one was pushed");
            *last |= ((value >> n & 1) as u8) << (7 - self.used % 8);
            self.used += 1;
        }
    }

    /// Unsigned Exp-Golomb codes.
    fn golomb(&mut self, values: &[u32]) {
        for value in values {
            let width = (value + 1).ilog2();
            self.put(0, width);
            self.put(value + 1, width + 1);
        }
    }

    /// Whole bytes, after zeros up to the next one.
    fn aligned(&mut self, bytes: &[u8]) {
        self.put(0, self.used.wrapping_neg() % 8);
        self.bytes.extend_from_slice(bytes);
        self.used += 8 * bytes.len() as u32;
    }

    /// Ends the unit and returns it with its header and with bytes against false start codes.
    fn unit(mut self, header: u8) -> Vec<u8> {
        self.put(1, 1);
        let mut out = vec![header];
        let mut zeros = 0;
        for byte in self.bytes {
            if zeros == 2 && byte <= 3 {
                out.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            out.push(byte);
        }
        out
    }
}

/// Returns the decoder's setup for pictures of that size: 14496-15, 5.3.3.
pub(super) fn setup(width: usize, height: usize) -> Vec<u8> {
    assert!(width.is_multiple_of(16) && height.is_multiple_of(16), "macroblocks have 16 pixels");
    let mut sequence = Bits::default();
    sequence.put(0x42_C0_28, 24);
    // Frame numbers of 8 bits, order of decoding, one reference.
    sequence.golomb(&[0, 4, 2, 1]);
    sequence.put(0, 1);
    sequence.golomb(&[width as u32 / 16 - 1, height as u32 / 16 - 1]);
    sequence.put(0b1100, 4);
    let mut picture = Bits::default();
    picture.golomb(&[0, 0]);
    picture.put(0, 2);
    picture.golomb(&[0, 0, 0]);
    picture.put(0, 3);
    picture.golomb(&[0, 0, 0]);
    picture.put(0b100, 3);
    let (sequence, picture) = (sequence.unit(0x67), picture.unit(0x68));
    let counted = |unit: &[u8]| [&(unit.len() as u16).to_be_bytes(), unit].concat();
    [vec![1, 0x42, 0xC0, 0x28, 0xFF, 0xE1], counted(&sequence), vec![1], counted(&picture)].concat()
}

/// Returns picture `n` as a sample.
pub(super) fn sample(picture: &Canvas, n: usize, key_every: usize) -> Vec<u8> {
    let place = n % key_every;
    let is_key = place == 0;
    let mut slice = Bits::default();
    slice.golomb(&[0, if is_key { 7 } else { 5 }, 0]);
    slice.put(place as u32, 8);
    if is_key {
        slice.golomb(&[(n / key_every % 2) as u32]);
        slice.put(0, 2);
    } else {
        slice.put(0, 3);
    }
    // No change of the quantiser, no deblocking.
    slice.golomb(&[0, 1]);
    for top in (0..picture.height).step_by(16) {
        for left in (0..picture.width).step_by(16) {
            if is_key {
                slice.golomb(&[25]);
            } else {
                slice.golomb(&[0, 30]);
            }
            slice.aligned(&macroblock(picture, left, top));
        }
    }
    let unit = slice.unit(if is_key { 0x65 } else { 0x61 });
    [&(unit.len() as u32).to_be_bytes(), unit.as_slice()].concat()
}

/// Brightness, blue and red difference of 16 × 16 pixels, limited-range BT.601.
fn macroblock(picture: &Canvas, left: usize, top: usize) -> Vec<u8> {
    let mean = |x: usize, y: usize, side: usize, weights: [f32; 3], shift: f32| {
        let pixels = (0..side * side).map(|n| picture.pixel((left + x + n % side) as isize, (top + y + n / side) as isize));
        let sum: f32 = pixels.map(|pixel| pixel.iter().zip(weights).map(|(&v, w)| f32::from(v) * w).sum::<f32>()).sum();
        (sum / (side * side) as f32 / 255.0 + shift).round() as u8
    };
    let luma = (0..256).map(|n| mean(n % 16, n / 16, 1, [65.481, 128.553, 24.966], 16.0));
    let blue = (0..64).map(|n| mean(n % 8 * 2, n / 8 * 2, 2, [-37.797, -74.203, 112.0], 128.0));
    let red = (0..64).map(|n| mean(n % 8 * 2, n / 8 * 2, 2, [112.0, -93.786, -18.214], 128.0));
    luma.chain(blue).chain(red).collect()
}
