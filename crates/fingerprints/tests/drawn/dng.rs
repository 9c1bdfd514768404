//! Draws small DNGs: plain sensor data, lossy tiles, a preview.

use super::{TiffWriter, Value, jpeg_of, pixels};

/// What a drawn DNG's sensor picture is made of.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Kind {
    /// 16-bit mosaic of 2 × 2 filters, linear.
    Mosaic,
    /// 16-bit colour samples, linear.
    Linear,
    /// JPEG tiles, gamma-coded, with the opcode that makes them linear.
    Lossy,
    /// A compression nobody reads.
    Unknown,
}

/// Sides of the sensor's picture; its crop is 4 pixels smaller at each side where it has one.
pub(crate) const SIDES: (usize, usize) = (640, 512);

fn light(value: u8) -> f64 {
    (f64::from(value) / 255.0).powf(2.2)
}

/// The opcode list that turns coded values into light: 0.8 x² + 0.2 x³ on each colour.
fn opcodes() -> Vec<u8> {
    let one = |plane: u32| {
        let head = [8u32, 0x0103_0000, 0, 68, 0, 0, 512, 640, plane, 1, 1, 1, 3];
        let numbers: Vec<u8> = head.iter().flat_map(|n| n.to_be_bytes()).collect();
        [numbers, [0.0f64, 0.0, 0.8, 0.2].iter().flat_map(|c| c.to_be_bytes()).collect()].concat()
    };
    [3u32.to_be_bytes().to_vec(), one(0), one(1), one(2)].concat()
}

/// Tiles of 256 × 256 of the picture, its edge repeated.
fn tiles(rgb: &[u8], (width, height): (usize, usize)) -> Vec<Vec<u8>> {
    let tile = |left: usize, top: usize| {
        let at = |x: usize, y: usize| ((top + y).min(height - 1) * width + (left + x).min(width - 1)) * 3;
        let cut: Vec<u8> = (0..256 * 256).flat_map(|n| rgb[at(n % 256, n / 256)..][..3].to_vec()).collect();
        let mut out = Vec::new();
        jpeg_encoder::Encoder::new(&mut out, 90).encode(&cut, 256, 256, jpeg_encoder::ColorType::Rgb).expect("sides fit");
        out
    };
    (0..height).step_by(256).flat_map(|top| (0..width).step_by(256).map(move |left| (left, top))).map(|(x, y)| tile(x, y)).collect()
}

/// A DNG of [`pixels`] with `seed`; a preview of 600 pixels where asked for; `orientation` in its first directory; `software` as metadata.
pub(crate) fn dng(kind: Kind, seed: usize, preview: bool, orientation: u16, software: &'static str) -> Vec<u8> {
    let (width, height) = SIDES;
    let rgb = pixels(width, height, seed);
    let wide = |value: f64| ((value * 4095.0).round() as u16).to_le_bytes();
    let mut tiff = TiffWriter::new(b"II*\0");
    let pieces: Vec<Vec<u8>> = match kind {
        Kind::Mosaic => {
            let colour = |x: usize, y: usize| [[0, 1], [1, 2]][y % 2][x % 2];
            vec![(0..width * height).flat_map(|n| wide(light(rgb[n * 3 + colour(n % width, n / width)]))).collect()]
        }
        Kind::Linear | Kind::Unknown => vec![rgb.iter().flat_map(|v| wide(light(*v))).collect()],
        Kind::Lossy => tiles(&rgb, SIDES),
    };
    let offsets = pieces.iter().map(|piece| tiff.add(piece)).collect();
    let lengths = pieces.iter().map(|piece| piece.len() as u32).collect();
    let (long, short) = (|n: u32| Value::Long(vec![n]), |n: u16| Value::Short(vec![n]));
    let mut sensor = vec![(254, long(0)), (256, long(width as u32)), (257, long(height as u32))];
    if kind == Kind::Lossy {
        sensor.extend([(259, short(34892)), (258, Value::Short(vec![8; 3])), (322, long(256)), (323, long(256))]);
        sensor.extend([(324, Value::Long(offsets)), (325, Value::Long(lengths)), (51009, Value::Bytes(7, opcodes()))]);
    } else {
        let compression = if kind == Kind::Unknown { 52547 } else { 1 };
        sensor.extend([(258, short(16)), (259, short(compression)), (278, long(height as u32)), (50717, long(4095))]);
        sensor.extend([(273, Value::Long(offsets)), (279, Value::Long(lengths))]);
    }
    if kind == Kind::Mosaic {
        sensor.extend([
            (262, short(32803)),
            (277, short(1)),
            (33421, Value::Short(vec![2, 2])),
            (33422, Value::Bytes(1, vec![0, 1, 1, 2])),
        ]);
    } else {
        sensor.extend([(262, short(34892)), (277, short(3))]);
    }
    let mut nested = vec![tiff.directory(&sensor)];
    if preview {
        let jpeg = jpeg_of(600, 480, seed, false);
        let at = tiff.add(&jpeg);
        let of_preview =
            [(254, long(1)), (256, long(600)), (257, long(480)), (259, short(7)), (273, long(at)), (279, long(jpeg.len() as u32))];
        nested.push(tiff.directory(&of_preview));
    }
    let thumbnail = tiff.add(&pixels(16, 12, seed));
    let main = [
        (254, long(1)),
        (256, long(16)),
        (257, long(12)),
        (259, short(1)),
        (271, Value::Text("Maker")),
        (273, long(thumbnail)),
        (274, short(orientation)),
        (279, long(16 * 12 * 3)),
        (305, Value::Text(software)),
        (330, Value::Long(nested)),
        (50706, Value::Bytes(1, vec![1, 4, 0, 0])),
    ];
    let first = tiff.directory(&main);
    tiff.done(first)
}
