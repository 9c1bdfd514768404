//! Who is there by bytes, SHA-1 or payload hash: what one set of sources holds, asked for each photo of another. One pass over each.

use crate::Result;
use catalog::{AssetSign, Catalog, PlaceBytes};
use model::{AssetId, ContentHash, PayloadHash, Presence, Role, Sha1Hash, SourceId};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::HashMap;
use std::hash::Hash;

/// By what bytes agree, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ByWhat {
    /// Content hash or SHA-1.
    Bytes,
    /// Payload hash: the same coded picture, other metadata.
    Payload,
}

/// Who holds some bytes. Ordered by who is named first: there and not in the trash, as a photo of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Holder {
    pub(crate) is_trashed: bool,
    pub(crate) is_offline: bool,
    pub(crate) role: Role,
    pub(crate) asset: AssetId,
}

/// That a photo is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) by: ByWhat,
    pub(crate) holder: Holder,
    /// A film belongs to it (of a live photo) whose bytes are nowhere there.
    pub(crate) lacks_movie: bool,
}

/// What bytes a set of sources holds.
#[derive(Default)]
pub(crate) struct Shelf {
    contents: FxHashMap<ContentHash, Holder>,
    sha1s: FxHashMap<Sha1Hash, Holder>,
    payloads: FxHashMap<PayloadHash, Holder>,
}

impl Shelf {
    /// Reads what the assets of `signs` (by asset) hold.
    pub(crate) fn fill(catalog: &Catalog, sources: &[SourceId], signs: &[AssetSign]) -> Result<Self> {
        let mut shelf = Self::default();
        for source in sources {
            catalog.each_bytes_of(*source, |place| {
                if let Ok(at) = signs.binary_search_by_key(&place.asset, |sign| sign.asset) {
                    shelf.put(&place, &signs[at]);
                }
            })?;
        }
        Ok(shelf)
    }

    fn put(&mut self, place: &PlaceBytes, sign: &AssetSign) {
        fn keep<K: Hash + Eq>(map: &mut FxHashMap<K, Holder>, key: Option<K>, holder: Holder) {
            if let Some(key) = key {
                map.entry(key).and_modify(|known| *known = holder.min(*known)).or_insert(holder);
            }
        }
        let is_offline = sign.presence == Presence::Offline;
        let holder = Holder { is_trashed: sign.trashed, is_offline, role: place.role, asset: place.asset };
        keep(&mut self.contents, place.content, holder);
        keep(&mut self.sha1s, place.sha1, holder);
        keep(&mut self.payloads, place.payload, holder);
    }

    fn find(&self, place: &PlaceBytes) -> Option<(ByWhat, Holder)> {
        let content = place.content.and_then(|hash| self.contents.get(&hash));
        let by_bytes = content.or_else(|| place.sha1.and_then(|hash| self.sha1s.get(&hash)));
        let by_payload = || place.payload.and_then(|hash| self.payloads.get(&hash));
        match (by_bytes, by_payload) {
            (Some(holder), by_payload) if holder.is_trashed => {
                let other = by_payload().filter(|other| !other.is_trashed);
                Some(other.map_or((ByWhat::Bytes, *holder), |other| (ByWhat::Payload, *other)))
            }
            (Some(holder), _) => Some((ByWhat::Bytes, *holder)),
            (None, by_payload) => by_payload().map(|holder| (ByWhat::Payload, *holder)),
        }
    }
}

/// Returns which assets of these sources the shelf holds.
pub(crate) fn held(catalog: &Catalog, sources: &[SourceId], shelf: &Shelf) -> Result<FxHashMap<AssetId, Held>> {
    let mut held: FxHashMap<AssetId, Held> = HashMap::default();
    let mut without_movie = FxHashSet::default();
    for source in sources {
        catalog.each_bytes_of(*source, |place| {
            let found = shelf.find(&place);
            match (place.role, found) {
                (Role::Original, Some((by, holder))) => {
                    let found = Held { by, holder, lacks_movie: false };
                    let better = |known: &Held| (holder.is_trashed, by, holder) < (known.holder.is_trashed, known.by, known.holder);
                    held.entry(place.asset).and_modify(|known| *known = if better(known) { found } else { *known }).or_insert(found);
                }
                // An XMP has no payload.
                (Role::Companion, None) if place.payload.is_some() => drop(without_movie.insert(place.asset)),
                _ => {}
            }
        })?;
    }
    for asset in without_movie {
        if let Some(held) = held.get_mut(&asset) {
            held.lacks_movie = true;
        }
    }
    Ok(held)
}
