//! How a face follows a long run, and how it stops one. The library itself never prints.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The parts of a scan, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Walking folders.
    Find,
    /// Listing archives and reading sidecars.
    Index,
    /// Looking at the heads of photos, in a quick scan; no part of others.
    Glance,
    /// Reading photos and drawing fingerprints.
    Read,
    /// Pairing sidecars and companions, forming assets.
    Assemble,
    /// Comparing fingerprints.
    Match,
    /// Forming groups.
    Group,
    /// Searching crops, where a person asked for them; no part of a plain scan.
    Crop,
    /// Listing a library at Google.
    List,
    /// Fetching pictures of what Google lists.
    Look,
    /// Waiting for the person to pick photos at Google.
    Pick,
    /// Adding to an album at Google.
    Add,
    /// Drawing thumbnails for a hand-off; no part of a scan.
    Draw,
    /// Freezing a plan: hashing what a plan needs and no scan has read; no part of a scan.
    Freeze,
    /// Removing what a plan names; no part of a scan.
    Remove,
    /// Taking a run back.
    Undo,
    /// Emptying the trash.
    Empty,
    /// Finding where missing photos go.
    Place,
    /// Writing missing photos.
    Recover,
}

impl Phase {
    /// The phases of every scan, in order.
    pub const ALL: [Phase; 6] = [Phase::Find, Phase::Index, Phase::Read, Phase::Assemble, Phase::Match, Phase::Group];

    /// Returns what is being done, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Phase::Find => "finding files",
            Phase::Index => "listing archives",
            Phase::Glance => "glancing at photos",
            Phase::Read => "reading photos",
            Phase::Assemble => "pairing sidecars",
            Phase::Match => "comparing",
            Phase::Group => "grouping",
            Phase::Crop => "looking for crops",
            Phase::List => "listing at Google",
            Phase::Look => "looking at pictures",
            Phase::Pick => "waiting for your choice in the browser",
            Phase::Add => "adding to the album",
            Phase::Draw => "drawing thumbnails",
            Phase::Freeze => "freezing the plan",
            Phase::Remove => "removing",
            Phase::Undo => "bringing back",
            Phase::Empty => "emptying the trash",
            Phase::Place => "finding places",
            Phase::Recover => "writing photos",
        }
    }
}

/// What a face is told while a run goes on.
pub trait Watch: Sync {
    /// A phase begins, with so many items and bytes ahead where that is known.
    fn begin(&self, phase: Phase, items: Option<u64>, bytes: Option<u64>);
    /// So many items and bytes are behind, in all of this phase.
    fn reach(&self, items: u64, bytes: u64);
    /// Something worth a line that is no error of the run.
    fn note(&self, words: &str);
}

/// Says nothing.
pub struct Silent;

impl Watch for Silent {
    fn begin(&self, _phase: Phase, _items: Option<u64>, _bytes: Option<u64>) {}
    fn reach(&self, _items: u64, _bytes: u64) {}
    fn note(&self, _words: &str) {}
}

/// A wish to stop, shared between the face that hears Ctrl-C and the threads at work.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for a stop.
    pub fn ask(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Tells whether a stop was asked for.
    #[must_use]
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
