//! Fixture trees as text: one line a file, pictures drawn by seed.
//!
//! ```text
//! # path               what it shows            how it is encoded     what it says
//! a/beach.jpg          picture=3 size=1600x1200 jpeg=92               camera=pixel taken="2020:09:20 13:12:07"
//! b/copy.jpg           same=a/beach.jpg
//! c/small.jpg          picture=3 size=320x240   jpeg=80
//! "d/with blank.jpg"   picture=3 crop=5% bright=1.2
//! e/notes.txt          bytes="text"
//! ```
//!
//! A line is a path and words `key=value`; paths and values may stand in double quotes. Lines that start with `#` and empty lines say
//! nothing. Content, one of: `picture=SEED` or `picture=KIND:SEED` (kinds of [`scene::Kind`]), `page=SEED`, `chat=SEED`, `plain=R,G,B`,
//! `film=SEED`, `bytes="…"`, `same=PATH` (an earlier line's bytes), `link=PATH` (a hard link). The rest:
//!
//! | key | value | means |
//! | --- | --- | --- |
//! | `size` | `WxH` | drawn at that size; 640x480 without |
//! | `fit` | pixels | then resized to that longer side |
//! | `crop` | `5%` | then cut at each side |
//! | `turn` | `90`, `180`, `270`, `mirror`, `flip` | then turned clockwise |
//! | `bright`, `contrast`, `colour` | factor | then toned; `colour=0` is grey |
//! | `caption` | text | then written over |
//! | `nudge`, `noise` | seed | then shaken like the next frame of a burst, or with sensor noise |
//! | `blur` | pixels | then blurred |
//! | `jpeg` | quality | 90 without |
//! | `sampling` | `420`, `422`, `444` | colour of a JPEG |
//! | `progressive` | `yes` | JPEG in passes |
//! | `as` | `jpeg`, `png`, `bmp`, `tiff`, `dng`, `smart`, `mp4`, `mov` | format, where the extension does not tell |
//! | `preview` | pixels | longer side of a DNG's preview; 0: none. Of the preview in a JPEG's EXIF; none without |
//! | `stale` | seed | a JPEG's preview shows that other picture instead |
//! | `seconds` | number | a film's length; 2 without |
//! | `camera` | short name | all a camera writes; needs `taken` |
//! | `taken`, `subsec`, `offset`, `software`, `serial`, `describe` | text | EXIF; an empty value takes a field of the camera away |
//! | `number`, `orientation` | number | EXIF; pixels are stored so that the picture shows upright |
//! | `gps` | `LAT,LON` | EXIF |
//! | `content` | text | a film's content identifier |
//! | `cut` | bytes | only the first so many are written |

use crate::canvas::Canvas;
use crate::clock::Moment;
use crate::encode::{JpegOptions, Sampling};
use crate::exif::{Camera, Exif};
use crate::film::{FilmFacts, film};
use crate::rng::Rng;
use crate::scene::{self, Kind, Scene};
use crate::{damage, dng, encode};
use model::Turn;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{fs, io};

/// Why a tree was not built.
#[derive(Debug, thiserror::Error)]
pub enum TreeError {
    /// A line is not of the grammar.
    #[error("line {line}: {what}")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// What is wrong with it.
        what: String,
    },
    /// A file cannot be written.
    #[error("cannot write `{path}`: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The disk's reason.
        source: io::Error,
    },
}

/// Builds the tree of `text` below `folder` and returns the paths, a line each.
///
/// # Errors
/// When a line is not of the grammar or a file cannot be written; what stood before stays.
pub fn build(text: &str, folder: &Path) -> Result<Vec<PathBuf>, TreeError> {
    let (mut paths, mut known) = (Vec::new(), BTreeMap::new());
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let wrong = |what: String| TreeError::Line { line: number + 1, what };
        let spec = Spec::parse(line).map_err(wrong)?;
        let path = folder.join(&spec.path);
        let written = |done: io::Result<()>| done.map_err(|source| TreeError::Write { path: path.clone(), source });
        written(fs::create_dir_all(path.parent().unwrap_or(folder)))?;
        if let Some(original) = spec.words.get("link") {
            written(fs::hard_link(folder.join(original), &path))?;
        } else {
            let bytes = spec.bytes(&known).map_err(wrong)?;
            written(fs::write(&path, &bytes))?;
            known.insert(spec.path, bytes);
        }
        paths.push(path);
    }
    Ok(paths)
}

/// Returns the bytes that one line of the grammar describes (`same` and `link` have nothing to refer to).
///
/// # Errors
/// When the line is not of the grammar.
pub fn file(line: &str) -> Result<Vec<u8>, TreeError> {
    let wrong = |what: String| TreeError::Line { line: 1, what };
    Spec::parse(line.trim()).and_then(|spec| spec.bytes(&BTreeMap::new())).map_err(wrong)
}

const KEYS: [&str; 34] = [
    "as",
    "blur",
    "bright",
    "bytes",
    "camera",
    "caption",
    "chat",
    "colour",
    "content",
    "contrast",
    "crop",
    "cut",
    "describe",
    "film",
    "fit",
    "gps",
    "jpeg",
    "link",
    "noise",
    "nudge",
    "number",
    "offset",
    "orientation",
    "page",
    "picture",
    "plain",
    "preview",
    "progressive",
    "same",
    "sampling",
    "seconds",
    "serial",
    "size",
    "software",
];
const MORE_KEYS: [&str; 4] = ["stale", "subsec", "taken", "turn"];

/// A change of tones by a factor.
type Tone = fn(&Canvas, f32) -> Canvas;

/// A line, taken apart.
struct Spec {
    path: String,
    words: BTreeMap<String, String>,
}

impl Spec {
    fn parse(line: &str) -> Result<Self, String> {
        let mut words = tokens(line)?.into_iter();
        let path = words.next().ok_or("no path")?;
        if Path::new(&path).components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
            return Err(format!("`{path}` leaves the tree"));
        }
        let mut known = BTreeMap::new();
        for word in words {
            let (key, value) = word.split_once('=').ok_or_else(|| format!("`{word}` is not key=value"))?;
            if !KEYS.contains(&key) && !MORE_KEYS.contains(&key) {
                return Err(format!("unknown key `{key}`"));
            }
            if known.insert(key.to_owned(), value.to_owned()).is_some() {
                return Err(format!("`{key}` twice"));
            }
        }
        Ok(Self { path, words: known })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.words.get(key).map(String::as_str)
    }

    fn number<T: FromStr>(&self, key: &str) -> Result<Option<T>, String> {
        self.text(key).map(|text| text.parse().map_err(|_| format!("`{key}={text}` is not a number it can be"))).transpose()
    }

    fn bytes(&self, known: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, String> {
        let bytes = if let Some(text) = self.text("bytes") {
            text.as_bytes().to_vec()
        } else if let Some(path) = self.text("same") {
            known.get(path).ok_or_else(|| format!("no earlier line is `{path}`"))?.clone()
        } else if let Some(seed) = self.number("film")? {
            self.film(seed)?
        } else {
            self.encoded(&self.changed(self.drawn()?)?)?
        };
        Ok(match self.number("cut")? {
            Some(length) => damage::cut(&bytes, length),
            None => bytes,
        })
    }

    fn drawn(&self) -> Result<Canvas, String> {
        let (width, height) = match self.text("size") {
            Some(text) => pair(text, 'x').ok_or_else(|| format!("`size={text}` is not WxH"))?,
            None => (640, 480),
        };
        if let Some(text) = self.text("picture") {
            let (kind, seed) = text.split_once(':').map_or((None, text), |(kind, seed)| (Some(kind), seed));
            let seed = seed.parse().map_err(|_| format!("`picture={text}` has no seed"))?;
            let scene = match kind {
                None => Scene::new(seed),
                Some(name) => {
                    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| format!("no pictures of `{name}`"))?;
                    Scene::of(kind, seed)
                }
            };
            return Ok(scene.draw(width, height));
        }
        if let Some(seed) = self.number("page")? {
            return Ok(scene::document(seed, width, height));
        }
        if let Some(seed) = self.number("chat")? {
            return Ok(scene::screenshot(seed, width, height));
        }
        let colour = self.text("plain").ok_or("nothing says what it shows")?;
        let parts: Vec<u8> = colour.split(',').map_while(|part| part.parse().ok()).collect();
        let colour = parts.try_into().map_err(|_| format!("`plain={colour}` is not R,G,B"))?;
        Ok(Canvas::plain(width, height, colour))
    }

    fn changed(&self, mut canvas: Canvas) -> Result<Canvas, String> {
        if let Some(side) = self.number("fit")? {
            canvas = canvas.fitted(side);
        }
        if let Some(text) = self.text("crop") {
            let share: f32 =
                text.strip_suffix('%').and_then(|part| part.parse().ok()).ok_or_else(|| format!("`crop={text}` is not a percentage"))?;
            canvas = canvas.trimmed(share / 100.0);
        }
        if let Some(text) = self.text("turn") {
            canvas = canvas.turned(match text {
                "90" => Turn::Clockwise,
                "180" => Turn::Half,
                "270" => Turn::Counterclockwise,
                "mirror" => Turn::Mirrored,
                "flip" => Turn::Flipped,
                other => return Err(format!("`turn={other}` is no turn")),
            });
        }
        let tones = [("bright", Canvas::brightness as Tone), ("contrast", Canvas::contrast), ("colour", Canvas::saturation)];
        for (key, tone) in tones {
            if let Some(factor) = self.number(key)? {
                canvas = tone(&canvas, factor);
            }
        }
        if let Some(text) = self.text("caption") {
            canvas = canvas.captioned(text);
        }
        if let Some(seed) = self.number("nudge")? {
            canvas = next_frame(&canvas, seed);
        }
        if let Some(seed) = self.number("noise")? {
            canvas = canvas.noise(seed, 6.0);
        }
        if let Some(radius) = self.number("blur")? {
            canvas = canvas.blurred(radius);
        }
        Ok(canvas)
    }

    fn exif(&self, canvas: &Canvas) -> Result<Option<Exif>, String> {
        let mut exif = match (self.text("camera"), self.text("taken")) {
            (Some(name), Some(taken)) => {
                let camera = Camera::named(name).ok_or_else(|| format!("no camera `{name}`"))?;
                let taken = Moment::parse(taken).ok_or_else(|| format!("`taken={taken}` is no time"))?;
                let written = camera.exif(taken, self.number("number")?.unwrap_or(1));
                Exif { pixels: Some((canvas.width as u32, canvas.height as u32)), ..written }
            }
            (Some(_), None) => return Err("a camera needs `taken`".to_owned()),
            (None, _) => Exif { image_number: self.number("number")?, ..Exif::default() },
        };
        let fields = [
            ("taken", &mut exif.taken),
            ("subsec", &mut exif.subsec),
            ("offset", &mut exif.offset),
            ("software", &mut exif.software),
            ("serial", &mut exif.serial),
            ("describe", &mut exif.caption),
        ];
        for (key, field) in fields {
            if let Some(text) = self.words.get(key) {
                *field = Some(text.clone()).filter(|text| !text.is_empty());
            }
        }
        if let Some(orientation) = self.number("orientation")? {
            exif.orientation = Some(orientation);
        }
        if let Some(text) = self.text("gps") {
            exif.place = Some(pair(text, ',').ok_or_else(|| format!("`gps={text}` is not LAT,LON"))?);
        }
        Ok(Some(exif).filter(|exif| *exif != Exif::default()))
    }

    fn encoded(&self, canvas: &Canvas) -> Result<Vec<u8>, String> {
        let exif = self.exif(canvas)?;
        let turn = exif.as_ref().and_then(|exif| exif.orientation).map_or(Turn::Upright, Turn::from_exif);
        let canvas = &canvas.stored_for(turn);
        let extension = self.path.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
        match self.text("as").unwrap_or(&extension) {
            "jpg" | "jpeg" => {
                let exif = self.with_preview(exif, canvas)?;
                Ok(encode::jpeg(canvas, self.number("jpeg")?.unwrap_or(90), &self.jpeg_options(exif)?))
            }
            "png" => Ok(encode::png(canvas, exif.as_ref())),
            "bmp" => Ok(encode::bmp(canvas)),
            "tif" | "tiff" => Ok(encode::tiff(canvas, exif.as_ref())),
            "smart" => Ok(dng::smart_preview(canvas, &exif.unwrap_or_default())),
            "dng" => Ok(dng::with_preview(canvas, &exif.unwrap_or_default(), self.number("preview")?.unwrap_or(1024))),
            other => Err(format!("no pictures are written as `{other}`")),
        }
    }

    /// Adds the preview asked for to what a JPEG of that canvas says.
    fn with_preview(&self, exif: Option<Exif>, canvas: &Canvas) -> Result<Option<Exif>, String> {
        let Some(side) = self.number("preview")? else { return Ok(exif) };
        let shown = match self.number("stale")? {
            Some(seed) => Scene::new(seed).draw(canvas.width, canvas.height),
            None => canvas.clone(),
        };
        let preview = encode::jpeg(&shown.fitted(side), 75, &JpegOptions::default());
        Ok(Some(Exif { preview: Some(preview), ..exif.unwrap_or_default() }))
    }

    fn jpeg_options(&self, exif: Option<Exif>) -> Result<JpegOptions, String> {
        let sampling = match self.text("sampling").unwrap_or("420") {
            "420" => Sampling::Quarter,
            "422" => Sampling::Half,
            "444" => Sampling::Full,
            other => return Err(format!("`sampling={other}` is none of 420, 422, 444")),
        };
        Ok(JpegOptions { exif, sampling, progressive: self.text("progressive") == Some("yes"), ..JpegOptions::default() })
    }

    fn film(&self, seed: u64) -> Result<Vec<u8>, String> {
        let size = match self.text("size") {
            Some(text) => pair(text, 'x').ok_or_else(|| format!("`size={text}` is not WxH"))?,
            None => (640, 480),
        };
        let facts = FilmFacts {
            created_utc_seconds: self
                .text("taken")
                .map(|text| Moment::parse(text).map(|moment| moment.0).ok_or("`taken` is no time"))
                .transpose()?,
            content_identifier: self.text("content").map(str::to_owned),
            size,
            quicktime: self.text("as") == Some("mov") || self.path.to_ascii_lowercase().ends_with(".mov"),
            ..FilmFacts::default()
        };
        Ok(film(seed, self.number("seconds")?.unwrap_or(2.0), &facts))
    }
}

/// Returns the picture as a burst's next frame shows it: a hand's shake, another exposure, fresh noise.
#[must_use]
pub fn next_frame(canvas: &Canvas, seed: u64) -> Canvas {
    let rng = Rng::new(seed);
    let moved = canvas.nudged(rng.between(-0.012, 0.012), rng.between(-0.012, 0.012), rng.between(-0.4, 0.4));
    moved.brightness(rng.between(0.96, 1.04)).noise(rng.next(), 5.0)
}

fn pair<T: FromStr>(text: &str, sign: char) -> Option<(T, T)> {
    let (first, second) = text.split_once(sign)?;
    Some((first.trim().parse().ok()?, second.trim().parse().ok()?))
}

/// Splits at blanks outside double quotes; the quotes go.
fn tokens(line: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted, mut begun) = (Vec::new(), String::new(), false, false);
    for letter in line.chars() {
        match letter {
            '"' => (quoted, begun) = (!quoted, true),
            blank if blank.is_whitespace() && !quoted => {
                if begun {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            other => {
                word.push(other);
                begun = true;
            }
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    if begun {
        words.push(word);
    }
    Ok(words)
}

#[cfg(test)]
mod tests;
