//! What a program adds to the library while the simulator runs: uploads, items, albums.

use std::collections::BTreeMap;

use crate::generated::Generated;

/// An uploaded item.
#[derive(Debug)]
pub(crate) struct Uploaded {
    pub(crate) id: String,
    pub(crate) filename: String,
    pub(crate) mime_type: &'static str,
    pub(crate) description: Option<String>,
    /// When it was made into an item, seconds since 1970.
    pub(crate) created: i64,
    pub(crate) bytes: Vec<u8>,
}

/// An album.
#[derive(Debug)]
pub(crate) struct Album {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Whether the program has created it.
    pub(crate) own: bool,
    pub(crate) items: Vec<String>,
    pub(crate) cover: Option<String>,
}

/// Bytes behind an upload token.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) bytes: Vec<u8>,
    pub(crate) filename: Option<String>,
    pub(crate) expires: i64,
}

/// An upload that comes in pieces.
#[derive(Debug)]
pub(crate) struct Resumable {
    pub(crate) bytes: Vec<u8>,
    pub(crate) size: Option<u64>,
    pub(crate) filename: Option<String>,
}

/// Everything that was added.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    pub(crate) uploaded: Vec<Uploaded>,
    pub(crate) albums: Vec<Album>,
    pub(crate) uploads: BTreeMap<String, Upload>,
    pub(crate) resumables: BTreeMap<String, Resumable>,
    /// Descriptions given to made-up items, by place.
    pub(crate) descriptions: BTreeMap<u64, String>,
}

impl Shelf {
    /// Returns the shelf of a library whose person has made some albums.
    pub(crate) fn of(library: &Generated) -> Self {
        let titles = ["Summer by the sea", "Grandma's 80th", "Prints"];
        let albums = titles.iter().zip(1_u64..).map(|(title, number)| Album {
            id: crate::world::opaque(number ^ 0xa1b0, 90),
            title: (*title).to_owned(),
            own: false,
            items: (0..17 * number)
                .map(|item| item * 7 + number)
                .filter(|place| *place < library.items)
                .map(|place| library.id(place))
                .collect(),
            cover: None,
        });
        Self { albums: if library.items < 30 { Vec::new() } else { albums.collect() }, ..Self::default() }
    }

    /// Returns the number of an uploaded item.
    pub(crate) fn place(&self, id: &str) -> Option<usize> {
        self.uploaded.iter().position(|item| item.id == id)
    }
}
