//! Large folders for measuring speed: many small photos that all differ, or many files of which some are byte copies.
//!
//! The photos are drawn small (a few kilobytes each), so that reading them is no great part; their number is what is measured.

use super::{in_parallel, write};
use crate::canvas::Canvas;
use crate::clock::Moment;
use crate::encode::{JpegOptions, jpeg};
use crate::exif::{CAMERAS, Exif};
use crate::rng::{Rng, mix};
use crate::scene::Scene;
use std::io;
use std::ops::Range;
use std::path::Path;

/// Files in one folder, as cameras fill them.
const FOLDER_FILES: usize = 1000;
/// Photos drawn by one task.
const CHUNK: usize = 250;
/// Longer sides of small photos, pixels.
const SIDES: [(usize, usize); 4] = [(160, 120), (120, 160), (144, 96), (128, 128)];
/// Bytes that two files with the same head share.
const HEAD_BYTES: usize = 16 * 1024;

/// Draws the photos of these numbers into `folder`, all different, 12 megapixels each; returns their bytes in sum.
///
/// Cost: about a second each of one core in a release build (2026-11), and 100 MB of memory a core.
///
/// # Errors
/// When the folder cannot be written.
pub fn large_photos(folder: &Path, seed: u64, numbers: Range<usize>) -> io::Result<u64> {
    let sums = in_parallel(numbers.len(), |at| {
        let number = numbers.start + at;
        let canvas = Scene::new(mix(seed ^ mix(number as u64))).draw(4032, 3024).noise(number as u64, 6.0);
        let taken = Moment::of(2018, 1, 1, 0, 0, 0).later(number as i64 * 5_077);
        let exif = Exif { pixels: Some((4032, 3024)), ..CAMERAS[number % CAMERAS.len()].exif(taken, number as u32) };
        let bytes = jpeg(&canvas, 92, &JpegOptions::with(exif));
        write(folder, &format!("{:04}/IMG_{number:07}.jpg", number / FOLDER_FILES), &bytes)?;
        Ok(bytes.len() as u64)
    })?;
    Ok(sums.into_iter().sum())
}

/// Draws the photos of these numbers into `folder`, all different, 3 to 6 kB each; returns their bytes in sum.
///
/// Cost: about a thousand a second and core in a release build (2026-11).
///
/// # Errors
/// When the folder cannot be written.
pub fn small_photos(folder: &Path, seed: u64, numbers: Range<usize>) -> io::Result<u64> {
    let count = numbers.len().div_ceil(CHUNK);
    let sums = in_parallel(count, |chunk| {
        let start = numbers.start + chunk * CHUNK;
        let mut sum = 0;
        for number in start..(start + CHUNK).min(numbers.end) {
            let bytes = small_photo(seed, number);
            sum += bytes.len() as u64;
            write(folder, &format!("{:04}/IMG_{number:07}.jpg", number / FOLDER_FILES), &bytes)?;
        }
        Ok(sum)
    })?;
    Ok(sums.into_iter().sum())
}

fn small_photo(seed: u64, number: usize) -> Vec<u8> {
    let own = mix(seed ^ mix(number as u64));
    let rng = Rng::new(own);
    let (width, height) = SIDES[number % SIDES.len()];
    let canvas = tinted(&Scene::new(own).draw(width, height), &rng);
    let taken = Moment::of(2010, 1, 1, 0, 0, 0).later(number as i64 * 733);
    let exif = Exif { pixels: Some((width as u32, height as u32)), ..CAMERAS[number % CAMERAS.len()].exif(taken, number as u32) };
    jpeg(&canvas, 85, &JpegOptions::with(exif))
}

/// Shapes over the scene, so that scenes of one kind do not lie near each other by the hundred.
fn tinted(canvas: &Canvas, rng: &Rng) -> Canvas {
    let mut canvas = canvas.clone();
    let (width, height) = (canvas.width as f32, canvas.height as f32);
    for _ in 0..6 {
        let (left, top) = (rng.between(-0.1, 0.9) * width, rng.between(-0.1, 0.9) * height);
        let (right, bottom) = (left + rng.between(0.1, 0.5) * width, top + rng.between(0.1, 0.5) * height);
        let colour = [rng.next() as u8, rng.next() as u8, rng.next() as u8];
        canvas.fill(left, top, right, bottom, colour);
    }
    canvas
}

/// What [`files_with_copies`] wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copies {
    /// All files.
    pub files: usize,
    /// Files that are byte copies of an earlier one.
    pub copies: usize,
    /// Bytes of all files.
    pub bytes: u64,
}

/// Writes `count` JPEG files of 3 to 60 kB into `folder`. Of each twenty, two are byte copies of earlier ones, four have an earlier one's
/// size, and one has an earlier one's size and head and differs in its last bytes.
///
/// # Errors
/// When the folder cannot be written.
pub fn files_with_copies(folder: &Path, seed: u64, count: usize) -> io::Result<Copies> {
    let tasks = count.div_ceil(20);
    let sums = in_parallel(tasks, |task| {
        let mut sum = Copies::default();
        for place in 0..20.min(count - task * 20) {
            let number = task * 20 + place;
            let bytes = file(seed, task as u64, place as u64);
            write(folder, &format!("{:04}/file_{number:07}.jpg", number / FOLDER_FILES), &bytes)?;
            sum.files += 1;
            sum.copies += usize::from(matches!(place, 13 | 14));
            sum.bytes += bytes.len() as u64;
        }
        Ok(sum)
    })?;
    Ok(sums.into_iter().fold(Copies::default(), |a, b| Copies {
        files: a.files + b.files,
        copies: a.copies + b.copies,
        bytes: a.bytes + b.bytes,
    }))
}

/// The `place`-th file of a task's twenty: 0 to 12 stand alone, 13 and 14 are 0 and 1 again, 15 to 18 have the sizes of 2 to 5, 19 has size
/// and head of 6.
fn file(seed: u64, task: u64, place: u64) -> Vec<u8> {
    let twin = match place {
        13 | 14 => place - 13,
        15..=18 => place - 13,
        19 => 6,
        own => own,
    };
    let of = |number: u64| mix(seed ^ mix(task * 20 + number));
    let length = 3_000 + of(twin) as usize % 57_000 + if twin == 6 { HEAD_BYTES } else { 0 };
    let filled = if (15..=18).contains(&place) { place } else { twin };
    let mut filling = random(of(filled), length);
    if place == 19 {
        let end = filling.len() - 8;
        filling[end..].iter_mut().for_each(|byte| *byte = !*byte);
    }
    let segments = filling.chunks(60_000).map(|part| (15, part.to_vec())).collect();
    let canvas = Canvas::plain(16, 16, [of(twin) as u8, 90, 120]);
    jpeg(&canvas, 80, &JpegOptions { segments, ..JpegOptions::default() })
}

fn random(seed: u64, length: usize) -> Vec<u8> {
    let rng = Rng::new(seed);
    let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| rng.next().to_le_bytes()).collect();
    bytes.truncate(length);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn small_photos_all_differ_and_keep_their_numbers() {
        let all: std::collections::BTreeSet<Vec<u8>> = (0..60).map(|number| small_photo(1, number)).collect();
        assert_eq!(all.len(), 60);
        let mean = all.iter().map(Vec::len).sum::<usize>() / 60;
        assert!((2_000..9_000).contains(&mean), "{mean}");
        let folder = tempfile::tempdir().unwrap();
        small_photos(folder.path(), 1, 0..3).unwrap();
        small_photos(folder.path(), 1, 3..5).unwrap();
        let path = folder.path().join("0000/IMG_0000004.jpg");
        assert_eq!(std::fs::read(path).unwrap(), small_photo(1, 4));
    }

    #[test]
    fn of_twenty_files_two_are_copies_four_have_a_size_and_one_a_head() {
        let folder = tempfile::tempdir().unwrap();
        let sum = files_with_copies(folder.path(), 7, 40).unwrap();
        assert_eq!((sum.files, sum.copies), (40, 4));
        let files: Vec<Vec<u8>> = (0..20).map(|place| file(7, 0, place)).collect();
        let mut sizes: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (place, bytes) in files.iter().enumerate() {
            sizes.entry(bytes.len()).or_default().push(place);
        }
        assert_eq!((&files[13], &files[14]), (&files[0], &files[1]));
        for place in 15..19 {
            assert!(sizes[&files[place].len()].contains(&(place - 13)) && files[place] != files[place - 13]);
        }
        let (a, b) = (&files[6], &files[19]);
        assert!(a != b && a.len() == b.len() && a[..HEAD_BYTES] == b[..HEAD_BYTES]);
    }
}
