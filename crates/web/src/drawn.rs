//! The library's pictures as the page's routes ask for them.

use crate::pictures::{NoPicture, Original, Picture, Pictures, Size};
use pipeline::model::PictureGrid;
use pipeline::{AssetRow, CopyError, PictureSize};
use std::io;

impl Pictures for pipeline::Pictures {
    fn thumbnail(&self, asset: &AssetRow, grid: Option<&PictureGrid>, size: Size) -> Result<Picture, NoPicture> {
        let size = match size {
            Size::Small => PictureSize::Small,
            Size::Large => PictureSize::Large,
        };
        pipeline::Pictures::thumbnail(self, asset, grid, size).map(picture).map_err(no_picture)
    }

    fn full(&self, asset: &AssetRow) -> Result<Picture, NoPicture> {
        pipeline::Pictures::full(self, asset).map(picture).map_err(no_picture)
    }

    fn original(&self, asset: &AssetRow) -> Result<Original, NoPicture> {
        pipeline::Pictures::original(self, asset).map(original).map_err(no_picture)
    }

    fn clip(&self, asset: &AssetRow) -> Result<Original, NoPicture> {
        let none = || NoPicture { code: "no-clip".to_owned(), why: "this photo has no clip".to_owned(), is_missing: true };
        pipeline::Pictures::clip(self, asset).ok_or_else(none)?.map(original).map_err(no_picture)
    }
}

fn picture(drawn: pipeline::Picture) -> Picture {
    Picture { media_type: drawn.media_type.to_owned(), bytes: drawn.bytes, is_coarse: drawn.is_coarse }
}

fn original(mut found: pipeline::Original) -> Original {
    Original {
        media_type: found.media_type.to_owned(),
        size_bytes: found.size_bytes,
        is_shown_by_browsers: found.is_shown_by_browsers,
        copy: Box::new(move |range, to| {
            found.copy(range, to).map_err(|error| match error {
                CopyError::Source(why) => io::Error::other(why.to_string()),
                CopyError::Receiver(error) => error,
            })
        }),
    }
}

fn no_picture(why: pipeline::NoPicture) -> NoPicture {
    use pipeline::NoPicture as Why;
    let code = match why {
        Why::Listed => "listed",
        Why::Offline => "offline",
        Why::Changed => "changed",
        Why::TooLarge(_) => "too-large",
        Why::Undecodable(_) => "undecodable",
        Why::Unreadable(_) => "unreadable",
    };
    let is_missing = matches!(why, Why::Listed | Why::Offline | Why::Changed);
    NoPicture { code: code.to_owned(), why: why.to_string(), is_missing }
}
