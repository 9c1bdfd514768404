//! Drawn trees, archives and patched bytes for the tests of this room. Nothing here is taken from the data set.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, dead_code, unreachable_pub)]

use flate2::Compression;
use flate2::write::GzEncoder;
use sources::{ContainerIndex, FolderSurvey, LeftOut, Survey, SurveyOptions, index, survey};
use std::io::Write;
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Bytes that open like a JPEG and do not pack.
pub fn picture(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0];
    bytes.extend(std::iter::repeat_with(&mut next).take(len));
    bytes
}

/// An item's sidecar.
pub fn sidecar(title: &str) -> String {
    format!(
        r#"{{"title": "{title}", "description": "", "photoTakenTime": {{"timestamp": "1600607527"}}, "url": "https://photos.google.com/photo/AF1Q{title}"}}"#
    )
}

pub const ALBUM_RECORD: &str = r#"{"title": "Rome", "description": "", "access": "protected", "date": {"timestamp": "0"}}"#;

pub fn write(root: &Path, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A folder that is gone after the test, by its true path.
pub fn folder() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let root = std::fs::canonicalize(dir.path()).unwrap();
    (dir, root)
}

pub fn zip_of(path: &Path, members: &[(&str, &[u8])]) -> PathBuf {
    zip_with(path, members, SimpleFileOptions::default().compression_method(CompressionMethod::Stored))
}

pub fn zip_with(path: &Path, members: &[(&str, &[u8])], options: SimpleFileOptions) -> PathBuf {
    let mut writer = ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap();
    path.to_path_buf()
}

pub fn tgz_of(path: &Path, members: &[(&str, &[u8])]) -> PathBuf {
    let mut builder = tar::Builder::new(GzEncoder::new(std::fs::File::create(path).unwrap(), Compression::fast()));
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap();
    path.to_path_buf()
}

/// Writes other bytes of the same length over every place where `from` stands.
pub fn patch(path: &Path, from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let mut bytes = std::fs::read(path).unwrap();
    let places: Vec<usize> = bytes.windows(from.len()).enumerate().filter(|(_, window)| *window == from).map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "nothing to patch");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    std::fs::write(path, bytes).unwrap();
}

pub fn surveyed(paths: &[&Path]) -> Survey {
    surveyed_with(paths, &SurveyOptions::default())
}

pub fn surveyed_with(paths: &[&Path], options: &SurveyOptions) -> Survey {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    survey(&paths, options, &|| false, &mut |_| {}).unwrap()
}

pub fn indexed(container: &sources::Container) -> ContainerIndex {
    index(container, &|| false, &mut |_| {}).unwrap()
}

/// Paths of a folder's files below its root.
pub fn names(folder: &FolderSurvey) -> Vec<String> {
    folder.files.iter().map(|file| below(&file.path.file, &folder.root)).collect()
}

/// What was left out as `path below root: code`.
pub fn causes(left_out: &[LeftOut], root: &Path) -> Vec<String> {
    left_out
        .iter()
        .map(|out| format!("{}: {}", out.path.member.clone().unwrap_or_else(|| below(&out.path.file, root)), code(out)))
        .collect()
}

pub fn code(left_out: &LeftOut) -> String {
    let cause = left_out.outcome.cause().unwrap();
    assert!(!cause.words.is_empty());
    format!("{} {}", left_out.outcome.name(), cause.code)
}

pub fn below(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// A folder of the data set, if it is there; says so loudly if not.
pub fn shared(name: &str) -> Option<PathBuf> {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")).join(name);
    if path.exists() {
        return Some(std::fs::canonicalize(path).unwrap());
    }
    eprintln!("SKIPPED: {} is not there", path.display());
    None
}
