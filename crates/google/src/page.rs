//! One page of a listing.

/// One page of a listing.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What could be read, in Google's order; may be empty although more pages follow.
    pub items: Vec<T>,
    /// The way to the next page; `None` is the only sign of the end.
    pub next_page_token: Option<String>,
    /// How many entries were unreadable: no id, not an object, or a text beyond the bound.
    pub damaged: u32,
}
