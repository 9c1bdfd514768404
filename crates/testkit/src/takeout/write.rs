//! An export's entries as files: zip parts, gzipped tar parts, or an unpacked tree.
//!
//! Media are stored and JSON is deflated, as in Google's zips. Times inside are fixed, so the same entries give the same bytes.

use super::Entry;
use crate::rng::mix;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// How an export is packed.
#[derive(Debug, Clone)]
pub struct Packing {
    /// The export's stamp: `20240501T101500Z`.
    pub stamp: String,
    /// How many parts; fewer are written when there are fewer entries.
    pub parts: usize,
    /// Whether about one sidecar in six lies in another part than its folder's.
    pub scattered: bool,
    /// Whether members have the long headers of archives beyond 4 GiB.
    pub zip64: bool,
}

impl Default for Packing {
    fn default() -> Self {
        Self { stamp: "20240501T101500Z".to_owned(), parts: 1, scattered: false, zip64: false }
    }
}

impl Packing {
    /// Returns the part, from 0, of each entry: filled in order by size.
    pub(crate) fn parts_of(&self, entries: &[Entry]) -> Vec<usize> {
        let parts = self.parts.max(1);
        let total: usize = entries.iter().map(|entry| entry.bytes.len()).sum::<usize>().max(1);
        let mut before = 0;
        let mut places = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let home = (before * parts / total).min(parts - 1);
            before += entry.bytes.len();
            let strays = self.scattered && parts > 1 && entry.path.ends_with(".json") && mix(index as u64).is_multiple_of(6);
            places.push(if strays { (home + 1) % parts } else { home });
        }
        places
    }

    fn names(&self, extension: &str) -> Vec<String> {
        (1..=self.parts.max(1)).map(|part| format!("takeout-{}-{part:03}.{extension}", self.stamp)).collect()
    }
}

/// Writes the entries as zip parts into `folder` and returns their paths.
///
/// # Errors
/// When the folder cannot be written.
pub fn zips(entries: &[Entry], folder: &Path, packing: &Packing) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let places = packing.parts_of(entries);
    let mut paths = Vec::new();
    for (part, name) in packing.names("zip").into_iter().enumerate() {
        let path = folder.join(name);
        let mut writer = ZipWriter::new(BufWriter::new(File::create(&path)?));
        for (entry, _) in entries.iter().zip(&places).filter(|(_, place)| **place == part) {
            writer.start_file(entry.path.as_str(), options(&entry.path, packing.zip64))?;
            writer.write_all(&entry.bytes)?;
        }
        writer.finish()?.flush()?;
        paths.push(path);
    }
    Ok(paths)
}

fn options(path: &str, zip64: bool) -> SimpleFileOptions {
    let deflated = path.ends_with(".json") || path.ends_with(".html");
    let time = DateTime::from_date_and_time(2024, 5, 1, 10, 15, 0).expect("a date after 1980");
    SimpleFileOptions::default()
        .compression_method(if deflated { CompressionMethod::Deflated } else { CompressionMethod::Stored })
        .last_modified_time(time)
        .unix_permissions(0o644)
        .large_file(zip64)
}

/// Writes the entries as `.tgz` parts into `folder` and returns their paths.
///
/// # Errors
/// When the folder cannot be written.
pub fn tgz(entries: &[Entry], folder: &Path, packing: &Packing) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let places = packing.parts_of(entries);
    let mut paths = Vec::new();
    for (part, name) in packing.names("tgz").into_iter().enumerate() {
        let path = folder.join(name);
        let gzip = flate2::GzBuilder::new().mtime(0).write(BufWriter::new(File::create(&path)?), flate2::Compression::fast());
        let mut writer = tar::Builder::new(gzip);
        for (entry, _) in entries.iter().zip(&places).filter(|(_, place)| **place == part) {
            let mut header = tar::Header::new_gnu();
            header.set_size(entry.bytes.len() as u64);
            header.set_mode(0o644);
            header.set_mtime(1_714_558_500);
            writer.append_data(&mut header, &entry.path, entry.bytes.as_slice())?;
        }
        writer.into_inner()?.finish()?.flush()?;
        paths.push(path);
    }
    Ok(paths)
}

/// Writes the entries as files below `folder`; returns their paths in the order of the entries.
///
/// # Errors
/// When the folder cannot be written.
pub fn tree(entries: &[Entry], folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in entries {
        let path = folder.join(&entry.path);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(&path, &entry.bytes)?;
        paths.push(path);
    }
    Ok(paths)
}
