//! Places as Exif in XMP writes them: `48,51.496200N`, `2,17.670000E`, metres as a fraction (XMP Specification
//! Part 2, GPSCoordinate and exif:GPSAltitude).

use model::GeoPoint;

/// Farthest apart two places may be and still be one, degrees (about a metre): minutes are written with as few as four decimals.
pub(super) const SAME_PLACE_MAX_DEGREES: f64 = 1e-5;
/// The same for altitudes, metres: some programs write whole ones.
pub(super) const SAME_ALTITUDE_MAX_M: f64 = 1.0;
/// Highest altitude that an unsigned 32-bit numerator of millimetres holds, metres.
const ALTITUDE_MAX_M: f64 = 4_000_000.0;
/// Parts of a minute written: a millionth is 2 mm on the ground.
const MINUTE_PARTS: u64 = 1_000_000;

/// Returns the place if it is one on Earth; 0/0 is what programs write for none. An altitude that is none is left out.
pub(super) fn sound(place: GeoPoint) -> Option<GeoPoint> {
    let GeoPoint { latitude, longitude, altitude_m } = place;
    let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0 && latitude.abs().max(longitude.abs()) > SAME_PLACE_MAX_DEGREES;
    let altitude_m = altitude_m.filter(|metres| metres.abs() <= ALTITUDE_MAX_M);
    on_earth.then_some(GeoPoint { latitude, longitude, altitude_m })
}

/// Returns degrees as `DD,MM.mmmmmmX` with the letter for the half, `letters` being those for positive and negative.
pub(super) fn format(degrees: f64, letters: [char; 2]) -> String {
    let parts = (degrees.abs() * 60.0 * MINUTE_PARTS as f64).round() as u64;
    let (whole, rest) = (parts / (60 * MINUTE_PARTS), parts % (60 * MINUTE_PARTS));
    let letter = letters[usize::from(degrees < 0.0)];
    format!("{whole},{}.{:06}{letter}", rest / MINUTE_PARTS, rest % MINUTE_PARTS)
}

/// Returns degrees of `DD,MM.mm`, `DD,MM,SS` or `DD.dd` with a letter; or without one, as Apple Photos and osxphotos write it, with the letter in a property
/// of its own (`reference`) or a sign.
pub(super) fn parse(text: &str, reference: Option<&str>) -> Option<f64> {
    let text = text.trim();
    let half = |letter: char| match letter.to_ascii_uppercase() {
        'N' | 'E' => Some(1.0),
        'S' | 'W' => Some(-1.0),
        _ => None,
    };
    let (digits, sign) = match (half(text.chars().last()?), text.strip_prefix('-')) {
        (Some(sign), _) => (&text[..text.len() - 1], sign),
        (None, Some(rest)) => (rest, -1.0),
        (None, None) => (text, reference.and_then(|text| half(text.chars().next()?)).unwrap_or(1.0)),
    };
    let mut degrees = 0.0;
    let mut unit = 1.0;
    for part in digits.split(',') {
        degrees += number(part)? / unit;
        unit *= 60.0;
    }
    (unit <= 60.0 * 60.0 * 60.0 && degrees <= 180.0).then_some(sign * degrees)
}

/// Returns metres as a fraction without sign.
pub(super) fn format_altitude(metres: f64) -> String {
    format!("{}/1000", (metres.abs() * 1000.0).round() as u64)
}

/// Returns metres of `1234/10` or `123.4`, below the sea where `below` is set.
pub(super) fn parse_altitude(text: &str, below: bool) -> Option<f64> {
    let metres = match text.trim().split_once('/') {
        Some((above_line, below_line)) => number(above_line)? / number(below_line).filter(|number| *number > 0.0)?,
        None => number(text)?,
    };
    (metres <= ALTITUDE_MAX_M).then_some(if below { -metres } else { metres })
}

fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.').then(|| text.parse().ok())?
}
