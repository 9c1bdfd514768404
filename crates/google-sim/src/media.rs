//! Base URLs: signed, good for an hour, with a suffix that says what is wanted; whatever goes wrong comes as a picture, as with Google.

use model::Turn;
use testkit::canvas::Canvas;
use testkit::encode;
use testkit::film::{FilmFacts, shown_film};
use testkit::rng::mix;

use crate::errors;
use crate::generated::Kind;
use crate::library::{Which, film_is_ready};
use crate::oauth;
use crate::pictures;
use crate::wire::{Call, Reply};
use crate::world::World;

/// How long a base URL is good. Seconds.
const LIFE_S: i64 = 3600;
/// Longest side that can be asked for. Pixels.
const SIDE_MAX: u64 = 16_383;
/// Longest side of a picture asked for without a suffix. Pixels.
const BARE_SIDE: u64 = 512;
/// The scope that Picker's pictures need.
const PICKER_SCOPE: &str = "photospicker.mediaitems.readonly";

/// Which service gave a base URL out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    Library,
    /// Its base URLs need the bearer.
    Picker,
    /// The host that Picker's films are redirected to.
    Films,
}

impl Api {
    fn path(self) -> &'static str {
        match self {
            Self::Library => "/lr/AAJ1Lk",
            Self::Picker => "/ppa/AMJI",
            Self::Films => "/videoplayback/",
        }
    }
}

/// Returns a fresh base URL of an item, without a suffix.
pub(crate) fn base_url(world: &World, which: Which, api: Api) -> String {
    let (letter, number) = match which {
        Which::Made(place) => ('m', place),
        Which::Uploaded(number) => ('u', number as u64),
    };
    let text = format!("{letter}{number:x}-{:x}-{:x}", world.now() + LIFE_S, world.next_url());
    let host = if api == Api::Films { &world.urls.elsewhere } else { &world.urls.media };
    format!("{host}{}{text}-{:016x}", api.path(), signature(world, api, &text))
}

fn signature(world: &World, api: Api, text: &str) -> u64 {
    let start = mix(world.options.seed ^ api as u64 ^ 0x51f7);
    text.bytes().fold(start, |sum, byte| mix(sum ^ u64::from(byte)))
}

/// Returns the item and the end of life of a path without suffix, if its signature is right.
fn read(world: &World, api: Api, path: &str) -> Option<(Which, i64)> {
    let (text, signed) = path.strip_prefix(api.path())?.rsplit_once('-')?;
    if u64::from_str_radix(signed, 16).ok()? != signature(world, api, text) {
        return None;
    }
    let mut parts = text.split('-');
    let which = parts.next()?;
    let number = u64::from_str_radix(which.get(1..)?, 16).ok()?;
    let which = if which.starts_with('u') { Which::Uploaded(number as usize) } else { Which::Made(number) };
    Some((which, i64::from_str_radix(parts.next()?, 16).ok()?))
}

/// What a suffix asks for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wish {
    width: Option<u64>,
    height: Option<u64>,
    crop: bool,
    download: bool,
    film: bool,
    no_overlay: bool,
}

impl Wish {
    fn read(suffix: &str) -> Option<Self> {
        let mut wish = Self::default();
        for part in suffix.split('-') {
            let side = |digits: &str| digits.parse().ok().filter(|side| (1..=SIDE_MAX).contains(side));
            match part {
                "d" => wish.download = true,
                "dv" => wish.film = true,
                "c" => wish.crop = true,
                "no" => wish.no_overlay = true,
                _ => match (part.get(..1)?, part.get(1..)?) {
                    ("w", digits) => wish.width = Some(side(digits)?),
                    ("h", digits) => wish.height = Some(side(digits)?),
                    ("s", digits) => (wish.width, wish.height) = (Some(side(digits)?), Some(side(digits)?)),
                    _ => return None,
                },
            }
        }
        Some(wish)
    }

    /// Returns the size wanted of a picture: scaled to fit, never larger.
    fn size(&self, width: u64, height: u64) -> (u64, u64) {
        let (most_wide, most_high) = match (self.width, self.height) {
            (None, None) => (BARE_SIDE, BARE_SIDE),
            (wide, high) => (wide.unwrap_or(u64::MAX), high.unwrap_or(u64::MAX)),
        };
        if width <= most_wide && height <= most_high {
            return (width, height);
        }
        // The tighter of the two bounds decides.
        if u128::from(most_wide) * u128::from(height) <= u128::from(most_high) * u128::from(width) {
            (most_wide, ((height * most_wide + width / 2) / width).max(1))
        } else {
            (((width * most_high + height / 2) / height).max(1), most_high)
        }
    }
}

/// Returns the small PNG that stands for a picture that cannot be had.
pub(crate) fn placeholder(status: u16) -> Reply {
    Reply::bytes(status, "image/png", encode::png(&Canvas::plain(48, 48, [200, 200, 200]), None))
}

/// Answers a request to the host of base URLs.
pub(crate) fn answer(world: &World, call: &Call) -> Reply {
    let (base, suffix) = call.path.split_once('=').map_or((call.path.as_str(), None), |(base, suffix)| (base, Some(suffix)));
    let api = if base.starts_with(Api::Picker.path()) { Api::Picker } else { Api::Library };
    let Some((which, expires)) = read(world, api, base) else { return placeholder(404) };
    if world.now() >= expires {
        return placeholder(403);
    }
    if api == Api::Picker {
        let granted = oauth::scopes_of(world, call.bearer());
        if !granted.is_some_and(|scopes| scopes.iter().any(|scope| scope == PICKER_SCOPE)) {
            return placeholder(403);
        }
    }
    let Some(wish) = Wish::read(suffix.unwrap_or("s512")) else {
        return errors::html_error(400, "Bad Request", "Your client has issued a malformed or illegal request.");
    };
    match which {
        Which::Made(_) if wish.film && api == Api::Picker => Reply::redirect(&base_url(world, which, Api::Films)),
        Which::Made(place) => made(world, place, &wish),
        Which::Uploaded(number) => uploaded(world, number),
    }
}

/// Answers a request to the host of redirected films.
pub(crate) fn film(world: &World, call: &Call) -> Reply {
    match read(world, Api::Films, &call.path) {
        Some((Which::Made(place), expires)) if world.now() < expires => made(world, place, &Wish { film: true, ..Wish::default() }),
        Some(_) => placeholder(403),
        None => placeholder(404),
    }
}

fn made(world: &World, place: u64, wish: &Wish) -> Reply {
    let item = world.library.item(place);
    if wish.film {
        if item.kind != Kind::Video || !film_is_ready(world, &item) {
            return placeholder(404);
        }
        let pictures: Vec<Canvas> = (0..4).map(|step| pictures::draw(&item, 320, 176).brightness(0.9 + 0.05 * step as f32)).collect();
        let facts = FilmFacts { created_utc_seconds: Some(item.taken), ..FilmFacts::default() };
        let bytes = shown_film(&pictures, 2, 2, Turn::Upright, &facts);
        return Reply::bytes(200, "video/mp4", bytes).with("content-disposition", attachment(&item.filename));
    }
    if wish.download {
        let bytes = pictures::download(&item);
        return Reply::bytes(200, "image/jpeg", bytes).with("content-disposition", attachment(&item.filename));
    }
    let (width, height) = match (wish.crop, wish.width, wish.height) {
        (true, Some(width), Some(height)) => (width, height),
        _ => wish.size(item.width, item.height),
    };
    let exact = if wish.crop { pictures::cropped(&item, width, height) } else { pictures::draw(&item, width, height) };
    let overlay = item.kind == Kind::Video && !wish.no_overlay;
    let picture = if overlay { pictures::with_play_button(exact) } else { exact };
    Reply::bytes(200, "image/jpeg", pictures::thumbnail(&picture))
}

/// Uploaded bytes come back as they are, in whatever size was asked: nothing here can read pictures.
fn uploaded(world: &World, number: usize) -> Reply {
    let state = world.state();
    match state.shelf.uploaded.get(number) {
        Some(item) => Reply::bytes(200, item.mime_type, item.bytes.clone()).with("content-disposition", attachment(&item.filename)),
        None => placeholder(404),
    }
}

fn attachment(filename: &str) -> String {
    let plain: String = filename.chars().filter(|letter| !letter.is_control() && *letter != '"' && letter.is_ascii()).collect();
    format!("attachment;filename=\"{plain}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_read() {
        assert_eq!(Wish::read("w512-h300-c").map(|wish| (wish.width, wish.height, wish.crop)), Some((Some(512), Some(300), true)));
        assert!(Wish::read("dv").is_some_and(|wish| wish.film));
        for bad in ["w0", "w16384", "q", "", "wide"] {
            assert_eq!(Wish::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn pictures_fit_and_never_grow() {
        let size = |suffix: &str| Wish::read(suffix).map(|wish| wish.size(4000, 3000));
        assert_eq!(size("w512-h512"), Some((512, 384)));
        assert_eq!(size("h300"), Some((400, 300)));
        assert_eq!(size("w9000-h9000"), Some((4000, 3000)));
        assert_eq!(size("w1"), Some((1, 1)));
    }
}
