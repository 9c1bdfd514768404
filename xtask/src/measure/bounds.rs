//! Bounds that a score must keep, as given on the command line.

use super::score::Score;
use clap::Args;

/// What a score must reach.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Bounds {
    /// Least recall of kinds, such as resized=0.99,exact=1
    #[arg(long, value_name = "KIND=SHARE", value_delimiter = ',', value_parser = least)]
    pub(crate) min: Vec<(String, f64)>,
    /// Most false pairs
    #[arg(long, value_name = "N")]
    pub(crate) max_false: Option<usize>,
    /// Most harmful verdicts
    #[arg(long, value_name = "N")]
    pub(crate) max_harmful: Option<usize>,
    /// Least share offered of what may go
    #[arg(long, value_name = "SHARE")]
    pub(crate) min_offered: Option<f64>,
}

fn least(text: &str) -> Result<(String, f64), String> {
    let (kind, share) = text.split_once('=').ok_or("not KIND=SHARE")?;
    let share: f64 = share.parse().map_err(|_| format!("`{share}` is no number"))?;
    if (0.0..=1.0).contains(&share) { Ok((kind.to_owned(), share)) } else { Err(format!("`{share}` is not between 0 and 1")) }
}

impl Bounds {
    /// Returns what the score falls short of, in words.
    pub(crate) fn missed_by(&self, score: &Score) -> Vec<String> {
        let mut missed: Vec<String> = self
            .min
            .iter()
            .map(|(kind, least)| (kind, score.recall(kind), *least))
            .filter(|(_, recall, least)| recall < least)
            .map(|(kind, recall, least)| format!("{kind} {recall:.4} < {least}"))
            .collect();
        for (name, count, most) in
            [("false pairs", score.false_pairs.len(), self.max_false), ("harmful", score.harmful.len(), self.max_harmful)]
        {
            missed.extend(most.filter(|most| count > *most).map(|most| format!("{name} {count} > {most}")));
        }
        let offered = score.share_offered();
        missed.extend(self.min_offered.filter(|least| offered < *least).map(|least| format!("offered {offered:.3} < {least}")));
        missed
    }
}

#[cfg(test)]
mod tests {
    use super::super::score::Found;
    use super::*;

    #[test]
    fn each_bound_holds_at_its_value_and_fails_beyond_it() {
        let score = Score {
            kinds: [("exact".to_owned(), Found { rows: 4, found: 3 })].into(),
            false_pairs: vec![(0, 1)],
            harmful: vec![2],
            offered: 1,
            offerable: 2,
            ..Score::default()
        };
        let bounds = |recall, most, offered| Bounds {
            min: vec![("exact".to_owned(), recall)],
            max_false: Some(most),
            max_harmful: Some(most),
            min_offered: Some(offered),
        };
        assert_eq!(bounds(0.75, 1, 0.5).missed_by(&score), Vec::<String>::new());
        assert_eq!(
            bounds(0.76, 0, 0.51).missed_by(&score),
            ["exact 0.7500 < 0.76", "false pairs 1 > 0", "harmful 1 > 0", "offered 0.500 < 0.51"]
        );
        assert_eq!(Bounds::default().missed_by(&score), Vec::<String>::new());
    }

    #[test]
    fn a_kind_without_rows_has_no_recall() {
        let bounds = Bounds { min: vec![("raw_jpeg".to_owned(), 0.5)], ..Bounds::default() };
        assert_eq!(bounds.missed_by(&Score::default()).len(), 1);
        assert!(least("exact").is_err() && least("exact=two").is_err() && least("exact=1.01").is_err());
    }
}
