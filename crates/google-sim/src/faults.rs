//! Faults by name: what goes wrong, with which method, how many times yet.
//!
//! A fault is armed for a method (`mediaItems.list`), a group of methods (`library`, `picker`, `media`, `oauth`) or all (`*`), with a count.
//! Each request takes at most one fault, the first armed one that fits.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// Something that goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// 429 of the short-term limit.
    MinuteQuota,
    /// 429 of the daily limit: stop until tomorrow.
    DayQuota,
    /// 500 `Internal error encountered.`
    Internal,
    /// 503 `The service is currently unavailable.`
    Unavailable,
    /// 401 although the token is good.
    Unauthenticated,
    /// The connection closes before a byte of the answer.
    Drop,
    /// The connection closes in the middle of the answer.
    CutShort,
    /// An answer that does not end.
    EndlessBody,
    /// A good answer with one string of 10 MB in it.
    HugeString,
    /// JSON of another shape than promised: numbers for strings, an object for a list.
    WrongTypes,
    /// Text that is not JSON, with status 200.
    NotJson,
    /// 302 to another host.
    Redirect,
    /// 403 with an HTML page.
    HtmlForbidden,
    /// 404 with an HTML page.
    HtmlNotFound,
    /// 403 with a small PNG.
    ImageForbidden,
    /// 404 with a small PNG.
    ImageNotFound,
    /// `mediaItems.batchGet` of more than one id fails as a whole.
    Poison,
    /// The answer takes as long as the options say.
    Slow,
    /// A list answer that promises a further page, whether there is one or not.
    EndlessPages,
    /// Items of a list answer have nothing but their id.
    BareItems,
}

/// Every fault with the name it has on the command line and the methods it is for unless told.
const FAULTS: [(Fault, &str, &str); 20] = [
    (Fault::MinuteQuota, "minute-quota", "library"),
    (Fault::DayQuota, "day-quota", "library"),
    (Fault::Internal, "internal", "library"),
    (Fault::Unavailable, "unavailable", "library"),
    (Fault::Unauthenticated, "unauthenticated", "library"),
    (Fault::Drop, "drop", "library"),
    (Fault::CutShort, "cut-short", "library"),
    (Fault::EndlessBody, "endless-body", "library"),
    (Fault::HugeString, "huge-string", "mediaItems.list"),
    (Fault::WrongTypes, "wrong-types", "mediaItems.list"),
    (Fault::NotJson, "not-json", "library"),
    (Fault::Redirect, "redirect", "library"),
    (Fault::HtmlForbidden, "html-403", "media"),
    (Fault::HtmlNotFound, "html-404", "media"),
    (Fault::ImageForbidden, "image-403", "media"),
    (Fault::ImageNotFound, "image-404", "media"),
    (Fault::Poison, "poison", "mediaItems.batchGet"),
    (Fault::Slow, "slow", "library"),
    (Fault::EndlessPages, "endless-pages", "mediaItems.list"),
    (Fault::BareItems, "bare-items", "mediaItems.list"),
];

impl Fault {
    /// Returns every fault.
    pub fn all() -> impl Iterator<Item = Fault> {
        FAULTS.iter().map(|(fault, _, _)| *fault)
    }

    /// Returns the name it has on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        FAULTS.iter().find(|(fault, _, _)| *fault == self).map_or("", |(_, name, _)| name)
    }

    /// Returns the methods it is for unless told otherwise.
    #[must_use]
    pub fn usual_target(self) -> &'static str {
        FAULTS.iter().find(|(fault, _, _)| *fault == self).map_or("*", |(_, _, target)| target)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || FAULTS.map(|(_, name, _)| name).join(", ");
        FAULTS.iter().find(|(_, name, _)| *name == text).map(|(fault, _, _)| *fault).ok_or_else(|| {
            let known = known();
            format!("no fault is called `{text}`; there are {known}")
        })
    }
}

/// The armed faults and how often each fired.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    armed: Vec<Armed>,
    fired: BTreeMap<Fault, u64>,
}

#[derive(Debug)]
struct Armed {
    fault: Fault,
    target: String,
    left: u64,
}

impl Faults {
    pub(crate) fn arm(&mut self, fault: Fault, target: &str, count: u64) {
        self.armed.push(Armed { fault, target: target.to_owned(), left: count });
    }

    pub(crate) fn clear(&mut self) {
        self.armed.clear();
    }

    pub(crate) fn fired(&self, fault: Fault) -> u64 {
        self.fired.get(&fault).copied().unwrap_or(0)
    }

    /// Takes the fault for a request of `method`, if one is armed. `suits` tells whether a fault can show at this very request.
    pub(crate) fn take(&mut self, method: &str, suits: impl Fn(Fault) -> bool) -> Option<Fault> {
        let armed = self.armed.iter_mut().find(|armed| armed.left > 0 && fits(&armed.target, method) && suits(armed.fault))?;
        armed.left -= 1;
        let fault = armed.fault;
        *self.fired.entry(fault).or_default() += 1;
        self.armed.retain(|armed| armed.left > 0);
        Some(fault)
    }
}

/// Tells whether `target` (a method, a group or `*`) covers `method`.
fn fits(target: &str, method: &str) -> bool {
    let first = method.split('.').next().unwrap_or(method);
    match target {
        "*" => true,
        "library" => matches!(first, "mediaItems" | "albums" | "uploads"),
        _ => target == method || target == first,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_faults() {
        for fault in Fault::all() {
            assert_eq!(fault.name().parse(), Ok(fault));
        }
        assert!("no-such".parse::<Fault>().is_err());
    }

    #[test]
    fn a_fault_fires_as_often_as_armed_and_only_where_armed() {
        let mut faults = Faults::default();
        faults.arm(Fault::Internal, "library", 2);
        faults.arm(Fault::Drop, "picker", 1);
        let all = |_| true;
        assert_eq!(faults.take("oauth.token", all), None);
        assert_eq!(faults.take("mediaItems.list", all), Some(Fault::Internal));
        assert_eq!(faults.take("mediaItems.get", |fault| fault != Fault::Internal), None);
        assert_eq!(faults.take("albums.list", all), Some(Fault::Internal));
        assert_eq!(faults.take("mediaItems.list", all), None);
        assert_eq!(faults.take("picker.sessions.get", all), Some(Fault::Drop));
        assert_eq!(faults.fired(Fault::Internal), 2);
    }
}
