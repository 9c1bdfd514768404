//! Small judgements that EXIF, XMP and films share: what a star rating or a place may be.

use model::GeoPoint;

/// Returns 1 to 5 stars; `None` for unrated (0), rejected (-1) and anything beyond.
pub(crate) fn rating(stars: f64) -> Option<u8> {
    (1.0..=5.0).contains(&stars).then(|| stars.round() as u8)
}

/// Returns the place; `None` for coordinates beyond the Earth and for 0/0, which devices without a fix write.
pub(crate) fn geo_point(latitude: f64, longitude: f64, altitude_m: Option<f64>) -> Option<GeoPoint> {
    let on_earth = latitude.abs() <= 90.0 && longitude.abs() <= 180.0;
    let somewhere = latitude != 0.0 || longitude != 0.0;
    (on_earth && somewhere).then_some(GeoPoint { latitude, longitude, altitude_m })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratings_and_places() {
        assert_eq!([-1.0, 0.0, 1.0, 4.0, 5.0, 6.0, f64::NAN].map(rating), [None, None, Some(1), Some(4), Some(5), None, None]);
        assert!(geo_point(0.0, 0.0, None).is_none());
        assert!(geo_point(90.1, 0.0, None).is_none());
        assert!(geo_point(f64::NAN, 1.0, None).is_none());
        assert_eq!(geo_point(-90.0, 180.0, None).map(|p| p.latitude), Some(-90.0));
    }
}
