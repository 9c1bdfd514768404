//! The outside decoder of films: ffmpeg, where it is found, for codings that are not decoded here. It is asked for one frame at a time.
//!
//! No shell is involved; the file is named as `file:PATH`, so no name is taken for an option or an address, and only files and pipes are
//! opened. **Invariant:** each call ends within [`CALL_MAX`], each answer within [`PICTURE_MAX_BYTES`], or it is ended and counts as none.

use std::ffi::OsString;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Longest that one frame may take. A frame of 4K HEVC takes about half a second, and its key frame may lie ten seconds before.
const CALL_MAX: Duration = Duration::from_secs(30);
/// Longest that all frames of one film may take together.
const FILM_MAX: Duration = Duration::from_secs(90);
/// Largest picture taken from it, bytes: half the colour of [`SIDE_MAX_PX`] squared, and its header.
const PICTURE_MAX_BYTES: u64 = 2 << 20;
/// Longest side of the pictures asked for, pixels.
const SIDE_MAX_PX: u32 = 1024;
/// Largest description read, bytes.
const TEXT_MAX_BYTES: u64 = 1 << 18;

/// An ffmpeg.
#[derive(Debug, Clone)]
pub(crate) struct Ffmpeg {
    program: PathBuf,
}

impl Ffmpeg {
    /// Takes the ffmpeg at that place.
    pub(crate) fn at(program: PathBuf) -> Self {
        Self { program }
    }

    /// Returns the frames of the film at `path` at these moments, each as YUV4MPEG2; a moment without a frame is left out.
    pub(crate) fn pictures(&self, path: &Path, moments: &[u64], going_on: &dyn Fn() -> bool) -> Vec<(u64, Vec<u8>)> {
        let until = Instant::now() + FILM_MAX;
        let mut pictures = Vec::new();
        for (place, &moment) in moments.iter().enumerate() {
            if Instant::now() >= until || !going_on() || (pictures.is_empty() && place > 1) {
                // Two moments without a frame: it cannot read this film.
                break;
            }
            let answer = self.ask(&picture_of(path, moment), PICTURE_MAX_BYTES, Wanted::Output);
            pictures.extend(answer.ok().filter(|bytes| !bytes.is_empty()).map(|bytes| (moment, bytes)));
        }
        pictures
    }

    /// Returns how long the film at `path` is, in ms, as ffmpeg tells; `None` where it does not.
    pub(crate) fn duration_ms(&self, path: &Path) -> Option<u64> {
        let text = self.ask(&[guarded("info"), input(path)].concat(), TEXT_MAX_BYTES, Wanted::Words).ok()?;
        duration_in(&String::from_utf8_lossy(&text))
    }

    /// Runs it to its end, or to the end of its time, and returns what it said.
    fn ask(&self, arguments: &[OsString], max_bytes: u64, wanted: Wanted) -> io::Result<Vec<u8>> {
        let (out, words) = match wanted {
            Wanted::Output => (Stdio::piped(), Stdio::null()),
            Wanted::Words => (Stdio::null(), Stdio::piped()),
        };
        let mut child = Command::new(&self.program).args(arguments).stdin(Stdio::null()).stdout(out).stderr(words).spawn()?;
        let pipe: Option<Box<dyn Read + Send>> = match wanted {
            Wanted::Output => child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
            Wanted::Words => child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        };
        let (sender, answer) = mpsc::channel();
        let reading = std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let read = pipe.map_or(Ok(0), |pipe| pipe.take(max_bytes + 1).read_to_end(&mut bytes));
            // Nobody waits any more where the time is over.
            drop(sender.send(read.map(|_| bytes)));
        });
        let answer = answer.recv_timeout(CALL_MAX);
        // It has said all, or too much, or its time is over: whichever, it need not go on.
        drop(child.kill());
        drop(child.wait());
        drop(reading.join());
        let bytes = answer.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
        if bytes.len() as u64 > max_bytes { Err(io::Error::from(io::ErrorKind::InvalidData)) } else { Ok(bytes) }
    }
}

#[derive(Clone, Copy)]
enum Wanted {
    Output,
    Words,
}

fn guarded(level: &str) -> Vec<OsString> {
    ["-nostdin", "-hide_banner", "-v", level, "-protocol_whitelist", "file,pipe"].map(OsString::from).to_vec()
}

fn input(path: &Path) -> Vec<OsString> {
    let mut file = OsString::from("file:");
    file.push(path);
    vec!["-i".into(), file]
}

/// Returns the arguments for the first frame not before `moment`, no larger than needed, as it is coded but for the range.
fn picture_of(path: &Path, moment: u64) -> Vec<OsString> {
    let mut arguments = guarded("error");
    arguments.extend(["-threads", "1", "-ss"].map(OsString::from));
    arguments.push(format!("{}.{:03}", moment / 1000, moment % 1000).into());
    arguments.extend(input(path));
    let scale = format!("scale='min(iw,{SIDE_MAX_PX})':'min(ih,{SIDE_MAX_PX})':force_original_aspect_ratio=decrease:flags=area");
    let rest = ["-map", "0:v:0", "-frames:v", "1", "-vf", &scale, "-pix_fmt", "yuv420p", "-strict", "-1", "-f", "yuv4mpegpipe", "pipe:1"];
    arguments.extend(rest.map(OsString::from));
    arguments
}

/// Reads `Duration: 00:00:04.75`.
fn duration_in(text: &str) -> Option<u64> {
    let after = text.split_once("Duration: ")?.1;
    let mut fields = after.split(|c: char| !c.is_ascii_digit());
    let mut number = || fields.next()?.parse::<u64>().ok();
    let (hours, minutes, seconds, hundredths) = (number()?, number()?, number()?, number()?);
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)?;
    seconds.checked_mul(1000)?.checked_add(hundredths.checked_mul(10)?).filter(|ms| *ms > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_an_option_or_an_address() {
        for name in ["-y", "http://example.com/a.mp4", "concat:a|b", "a b\n;rm"] {
            let arguments = picture_of(Path::new(name), 1036);
            let at = arguments.iter().position(|argument| argument == "-i").unwrap();
            assert_eq!(arguments[at + 1], OsString::from(format!("file:{name}")));
            let allowed = arguments.iter().position(|argument| argument == "-protocol_whitelist").unwrap();
            assert!(allowed < at && arguments[allowed + 1] == "file,pipe");
        }
        assert!(picture_of(Path::new("a"), 1036).contains(&OsString::from("1.036")));
    }

    #[test]
    fn durations_are_read() {
        assert_eq!(duration_in("  Duration: 00:01:04.75, start: 0"), Some(64_750));
        assert_eq!(duration_in("  Duration: 100:00:00.01"), Some(360_000_010));
        assert_eq!(duration_in("  Duration: N/A, start"), None);
        assert_eq!(duration_in("Duration: 99999999999999999999:00:00.00"), None);
        assert_eq!(duration_in(""), None);
    }

    #[cfg(unix)]
    fn told_to(what: &str) -> (tempfile::TempDir, Ffmpeg) {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("ffmpeg");
        #[allow(clippy::disallowed_methods)]
        {
            std::fs::write(&program, format!("#!/bin/sh\n{what}\n")).unwrap();
            std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        (folder, Ffmpeg::at(program))
    }

    #[cfg(unix)]
    #[test]
    fn answers_are_bounded_and_ended() {
        let ask = |what: &str| {
            let (_folder, ffmpeg) = told_to(what);
            ffmpeg.ask(&[], 1000, Wanted::Output)
        };
        assert_eq!(ask("printf hello").unwrap(), b"hello");
        assert_eq!(ask("exec head -c 1000 /dev/zero").unwrap().len(), 1000);
        assert_eq!(ask("exec cat /dev/zero").unwrap_err().kind(), io::ErrorKind::InvalidData);
        let (_folder, words) = told_to("echo 'Duration: 00:00:02.50' >&2; exit 1");
        assert_eq!(words.duration_ms(Path::new("film.mkv")), Some(2500));
        assert!(words.pictures(Path::new("film.mkv"), &[0, 1, 2], &|| true).is_empty());
    }
}
