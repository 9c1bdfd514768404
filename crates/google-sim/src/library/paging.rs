//! Pages of a listing: where one ends and the next begins, tokens that remember what was asked, and the oddities of real listings.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use testkit::rng::mix;

use crate::options::PageQuirks;

/// What tokens of endless listings begin with; behind them comes nothing.
pub(crate) const ENDLESS: &str = "CkVuZGxlc3M";

/// Where a further page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    /// How many pages came before.
    page: u64,
    /// The next position to look at.
    offset: u64,
    /// The position of the last item before, plus one; 0 if there was none.
    last: u64,
}

/// A page: positions in a sequence, and the token of the next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) positions: Vec<u64>,
    pub(crate) next: Option<String>,
}

/// A token that was not given out for these parameters.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OtherParameters;

/// Returns the page behind `token` of those of `total` positions that `keep` holds for, `size` at most. `parameters` says everything else
/// that was asked: it has to be the same for all pages.
pub(crate) fn page(
    token: Option<&str>,
    parameters: &str,
    size: u64,
    quirks: PageQuirks,
    total: u64,
    keep: impl Fn(u64) -> bool,
) -> Result<Page, OtherParameters> {
    let mark = match token.filter(|token| !token.is_empty()) {
        None => Mark { page: 0, offset: 0, last: 0 },
        Some(token) if token.starts_with(ENDLESS) => return Ok(Page { positions: Vec::new(), next: None }),
        Some(token) => read(token, parameters).ok_or(OtherParameters)?,
    };
    let further = |offset, last| Some(write(Mark { page: mark.page + 1, offset, last }, parameters));
    if quirks.empty && mark.page % 5 == 2 && mark.offset < total {
        return Ok(Page { positions: Vec::new(), next: further(mark.offset, mark.last) });
    }
    let mut positions = Vec::new();
    if quirks.repeated && mark.page % 4 == 3 && mark.last > 0 && mark.offset < total {
        positions.push(mark.last - 1);
    }
    let size = if quirks.short && mark.page % 3 == 1 { size.div_ceil(2) } else { size };
    let mut offset = mark.offset;
    while offset < total && (positions.len() as u64) < size {
        if keep(offset) {
            positions.push(offset);
        }
        offset += 1;
    }
    while offset < total && !keep(offset) {
        offset += 1;
    }
    let last = positions.last().map_or(mark.last, |last| last + 1);
    let more = offset < total || (quirks.trailing && !positions.is_empty() && mark.offset < total);
    Ok(Page { next: if more { further(offset, last) } else { None }, positions })
}

fn write(mark: Mark, parameters: &str) -> String {
    let Mark { page, offset, last } = mark;
    let text = format!("{page:x}.{offset:x}.{last:x}.{:x}", digest(parameters));
    format!("Cj{}", URL_SAFE_NO_PAD.encode(text))
}

fn read(token: &str, parameters: &str) -> Option<Mark> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token.strip_prefix("Cj")?).ok()?).ok()?;
    let mut numbers = text.split('.').map(|hex| u64::from_str_radix(hex, 16).ok());
    let mark = Mark { page: numbers.next()??, offset: numbers.next()??, last: numbers.next()?? };
    (numbers.next()?? == digest(parameters)).then_some(mark)
}

fn digest(text: &str) -> u64 {
    text.bytes().fold(0x5eed, |sum, byte| mix(sum ^ u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks to the end; returns the positions of each page.
    fn walk(size: u64, quirks: PageQuirks, total: u64, keep: impl Fn(u64) -> bool) -> Vec<Vec<u64>> {
        let (mut token, mut pages) = (None, Vec::new());
        loop {
            let page = page(token.as_deref(), "p", size, quirks, total, &keep).unwrap();
            pages.push(page.positions);
            token = page.next;
            assert!(pages.len() < 10_000, "no end");
            if token.is_none() {
                return pages;
            }
        }
    }

    #[test]
    fn plain_pages_are_full_and_complete() {
        let pages = walk(100, PageQuirks::NONE, 250, |_| true);
        assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [100, 100, 50]);
        assert_eq!(walk(100, PageQuirks::NONE, 200, |_| true).len(), 2);
        assert_eq!(walk(100, PageQuirks::NONE, 0, |_| true), [Vec::<u64>::new()]);
    }

    #[test]
    fn every_oddity_shows_and_nothing_is_lost() {
        for size in [1, 2, 7, 100] {
            let pages = walk(size, PageQuirks::ALL, 1000, |at| at % 3 == 0);
            let mut all: Vec<u64> = pages.iter().flatten().copied().collect();
            assert_eq!(pages.last(), Some(&vec![]), "trailing");
            assert!(pages[..pages.len() - 1].iter().any(Vec::is_empty), "empty");
            let before = all.len();
            all.dedup();
            assert!(all.len() < before, "repeated");
            assert_eq!(all, (0..1000).filter(|at| at % 3 == 0).collect::<Vec<_>>());
        }
    }

    #[test]
    fn tokens_are_for_the_parameters_they_came_from() {
        let first = page(None, "a", 10, PageQuirks::NONE, 30, |_| true).unwrap();
        assert_eq!(page(first.next.as_deref(), "b", 10, PageQuirks::NONE, 30, |_| true), Err(OtherParameters));
        assert_eq!(page(Some("nonsense"), "a", 10, PageQuirks::NONE, 30, |_| true), Err(OtherParameters));
        assert!(page(first.next.as_deref(), "a", 10, PageQuirks::NONE, 30, |_| true).is_ok());
    }
}
