//! Calendar readings without a clock: seconds to "2020:09:20 13:12:07" and back, for EXIF, names and sidecars.
//!
//! Proleptic Gregorian, no zones, no leap seconds. Formulas: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013).

/// A point on somebody's clock: seconds since 1970-01-01 00:00:00 of that clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// Returns the moment of a calendar reading; months and days count from 1.
    #[must_use]
    pub fn of(year: i64, month: i64, day: i64, hour: i64, minute: i64, second: i64) -> Self {
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Self((era * 146_097 + day_of_era - 719_468) * 86_400 + hour * 3600 + minute * 60 + second)
    }

    /// Returns the moment of six numbers in any punctuation ("2020:09:20 13:12:07"); `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let parts: Vec<i64> =
            text.split(|sign: char| !sign.is_ascii_digit()).filter(|part| !part.is_empty()).map_while(|part| part.parse().ok()).collect();
        match parts[..] {
            [year, month @ 1..=12, day @ 1..=31, hour @ 0..=23, minute @ 0..=59, second @ 0..=60] if year < 10_000 => {
                Some(Self::of(year, month, day, hour, minute, second))
            }
            _ => None,
        }
    }

    /// Returns year, month, day, hour, minute, second.
    #[must_use]
    pub fn parts(self) -> [i64; 6] {
        let (days, rest) = (self.0.div_euclid(86_400) + 719_468, self.0.rem_euclid(86_400));
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        [year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1, rest / 3600, rest / 60 % 60, rest % 60]
    }

    /// Returns the year.
    #[must_use]
    pub fn year(self) -> i64 {
        self.parts()[0]
    }

    /// Returns the reading as EXIF writes it.
    #[must_use]
    pub fn exif(self) -> String {
        let [year, month, day, hour, minute, second] = self.parts();
        format!("{year:04}:{month:02}:{day:02} {hour:02}:{minute:02}:{second:02}")
    }

    /// Returns the reading as phones write it into names: `20200920_131207`.
    #[must_use]
    pub fn compact(self) -> String {
        let [year, month, day, hour, minute, second] = self.parts();
        format!("{year:04}{month:02}{day:02}_{hour:02}{minute:02}{second:02}")
    }

    /// Returns the reading as Takeout's `formatted` has it, in English.
    #[must_use]
    pub fn formatted(self) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let [year, month, day, hour, minute, second] = self.parts();
        let name = MONTHS[(month - 1) as usize];
        let half = if hour < 12 { "AM" } else { "PM" };
        let hour = if hour % 12 == 0 { 12 } else { hour % 12 };
        format!("{name} {day}, {year}, {hour}:{minute:02}:{second:02}\u{202f}{half} UTC")
    }

    /// Returns the moment `seconds` later.
    #[must_use]
    pub fn later(self, seconds: i64) -> Self {
        Self(self.0 + seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants_are_told() {
        for (seconds, reading) in [
            (0, "1970:01:01 00:00:00"),
            (1_600_596_727, "2020:09:20 10:12:07"),
            (951_782_400, "2000:02:29 00:00:00"),
            (-1, "1969:12:31 23:59:59"),
            (4_107_542_399, "2100:02:28 23:59:59"),
        ] {
            assert_eq!(Moment(seconds).exif(), reading);
            assert_eq!(Moment::parse(reading), Some(Moment(seconds)));
        }
        assert_eq!(Moment(1_600_598_769).formatted(), "Sep 20, 2020, 10:46:09\u{202f}AM UTC");
        assert_eq!(Moment::of(2020, 9, 20, 13, 12, 7).compact(), "20200920_131207");
        for bad in ["", "2020:13:01 00:00:00", "2020:01:01", "2020:01:01 24:00:00", "x"] {
            assert_eq!(Moment::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        for day in (-50_000..100_000).step_by(7) {
            let [year, month, date, ..] = Moment(day * 86_400).parts();
            assert_eq!(Moment::of(year, month, date, 0, 0, 0), Moment(day * 86_400));
        }
    }
}
