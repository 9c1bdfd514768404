//! Pictures for tests: the file as it lies, where it is a plain JPEG.

use pipeline::AssetRow;
use pipeline::model::PictureGrid;
use std::io::{self, Seek, SeekFrom, Write};
use web::{NoPicture, Original, Picture, Pictures, Size};

/// Gives files.
pub(crate) struct Files;

impl Files {
    fn bytes(asset: &AssetRow) -> Result<(Vec<u8>, &'static str), NoPicture> {
        let none = |why: String| NoPicture { code: "unreadable".to_owned(), why, is_missing: true };
        let place = asset.places.first().ok_or_else(|| none("no place".to_owned()))?;
        let bytes = std::fs::read(&place.path.file).map_err(|error| none(error.to_string()))?;
        let kind = match bytes.get(..4) {
            Some([0xff, 0xd8, ..]) => "image/jpeg",
            Some(b"\x89PNG") => "image/png",
            Some([_, _, _, _]) if bytes.get(4..8) == Some(b"ftyp") && asset.filename.ends_with(".mp4") => "video/mp4",
            _ => {
                return Err(NoPicture {
                    code: "undecodable".to_owned(),
                    why: "this format is not drawn here".to_owned(),
                    is_missing: false,
                });
            }
        };
        Ok((bytes, kind))
    }
}

impl Pictures for Files {
    fn thumbnail(&self, asset: &AssetRow, _: Option<&PictureGrid>, _: Size) -> Result<Picture, NoPicture> {
        let (bytes, media_type) = Self::bytes(asset)?;
        Ok(Picture { media_type: media_type.to_owned(), bytes, is_coarse: false })
    }

    fn full(&self, asset: &AssetRow) -> Result<Picture, NoPicture> {
        self.thumbnail(asset, None, Size::Large)
    }

    fn original(&self, asset: &AssetRow) -> Result<Original, NoPicture> {
        let (bytes, media_type) = Self::bytes(asset)?;
        Ok(Original {
            media_type: media_type.to_owned(),
            size_bytes: bytes.len() as u64,
            is_shown_by_browsers: true,
            copy: Box::new(move |range, to: &mut dyn Write| {
                let mut from = io::Cursor::new(bytes);
                from.seek(SeekFrom::Start(range.start))?;
                io::copy(&mut io::Read::take(from, range.end - range.start), to).map(drop)
            }),
        })
    }

    fn clip(&self, asset: &AssetRow) -> Result<Original, NoPicture> {
        self.original(asset)
    }
}
