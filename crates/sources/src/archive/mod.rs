//! Archives: what a zip or tgz holds, told without unpacking anything to disk.
//!
//! Members are read in place and never written. Names of members are never used as paths on disk. What an archive's JSON says is the
//! takeout module's; which archives are exports is told here, by content.
//!
//! **Invariant:** nothing here takes memory or time beyond the bounds below, whatever an archive declares.
//!
//! Sources: PKWARE APPNOTE 6.3.10 (zip, ZIP64); RFC 1952 (gzip); POSIX.1-2001 pax and GNU tar for long names.

mod examine;
mod measured;
mod member_name;
mod tgz;
mod zip;

pub(crate) use examine::{Examined, Magic, examine};
pub(crate) use measured::{Fault, Measured};
pub(crate) use member_name::MemberName;
pub use tgz::{StreamEnd, stream_tgz};
pub(crate) use tgz::{any_of_first, find_member, same_name_twice};
pub(crate) use zip::{Directory, open_member};

/// Largest number of members taken from one archive. A 50 GB part (Google's cap) of 100 kB pictures holds half a million.
pub const MAX_MEMBERS: u64 = 1_000_000;

/// Largest list of members of a zip that is read, bytes. A member takes 46 bytes and its name: about 150 in Takeout.
pub const MAX_DIRECTORY_BYTES: u64 = 128 << 20;

/// Largest member taken, bytes: Google caps a part at 50 GB, and a film lies in one part.
pub const MAX_MEMBER_BYTES: u64 = 64 << 30;

/// Longest name of a member, bytes; Linux takes no longer path.
pub const MAX_NAME_BYTES: usize = 4096;

/// A zip's member may unpack to this many times its packed bytes. Photos and films hardly pack (1.0 to 1.1 in Takeout); text packs 10 to
/// 20 times; only bombs and blank bitmaps come near deflate's limit of 1,032.
pub const MAX_RATIO: u64 = 200;

/// Members up to this size may unpack from anything, bytes: small texts and blank icons pack better than [`MAX_RATIO`] and harm nobody.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;

/// A tgz as a whole may unpack to [`MAX_RATIO`] times what was read of it beyond this many bytes.
pub const TGZ_RATIO_FREE_BYTES: u64 = 64 << 20;

/// Bytes of a tgz that may be read between two members: long names, pax records, padding.
pub const MAX_BETWEEN_MEMBERS_BYTES: u64 = 1 << 20;

/// Refuses an archive of too many members.
pub(crate) fn refuse_count(archive: &std::path::Path, members: u64) -> Result<(), crate::Error> {
    if members <= MAX_MEMBERS {
        return Ok(());
    }
    let path = model::LocationPath::file(archive);
    Err(crate::Error::TooLarge { path, size: members, bound: MAX_MEMBERS, unit: "members" })
}

/// Refuses a member for the sizes it declares; `packed_bytes` where it is known for this member.
pub(crate) fn refuse_size(
    path: &model::LocationPath,
    declared: u64,
    packed_bytes: Option<u64>,
    archive_bytes: u64,
) -> Result<(), crate::Error> {
    if declared > MAX_MEMBER_BYTES {
        return Err(crate::Error::TooLarge { path: path.clone(), size: declared, bound: MAX_MEMBER_BYTES, unit: "bytes" });
    }
    let Some(packed) = packed_bytes else { return Ok(()) };
    if packed > archive_bytes {
        return Err(crate::Error::Damaged { path: path.clone(), reason: crate::error::CUT_SHORT_WORDS.to_owned() });
    }
    if declared > RATIO_FREE_BYTES && declared > packed.saturating_mul(MAX_RATIO) {
        let reason = format!("{packed} bytes claim to unpack to {declared}, as no photo does; it was left alone");
        return Err(crate::Error::Lies { path: path.clone(), reason });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    #[test]
    fn sizes_at_and_over_their_bounds() {
        let place = model::LocationPath::member("/p/t.zip", "Takeout/a.jpg");
        let refuse = |declared, packed, archive| refuse_size(&place, declared, packed, archive);
        assert!(refuse(MAX_MEMBER_BYTES, None, 0).is_ok());
        assert!(matches!(refuse(MAX_MEMBER_BYTES + 1, None, 0), Err(Error::TooLarge { .. })));
        assert!(refuse(10, Some(10), 10).is_ok());
        assert!(matches!(refuse(10, Some(11), 10), Err(Error::Damaged { .. })));
        assert!(refuse(RATIO_FREE_BYTES, Some(1), 10).is_ok());
        let packed = RATIO_FREE_BYTES;
        assert!(refuse(packed * MAX_RATIO, Some(packed), packed).is_ok());
        assert!(matches!(refuse(packed * MAX_RATIO + 1, Some(packed), packed), Err(Error::Lies { .. })));
        assert!(refuse(u64::MAX, Some(u64::MAX), u64::MAX).is_err());
    }

    #[test]
    fn members_at_and_over_their_bound() {
        let path = std::path::Path::new("/p/t.zip");
        assert!(refuse_count(path, MAX_MEMBERS).is_ok());
        assert!(matches!(refuse_count(path, MAX_MEMBERS + 1), Err(Error::TooLarge { .. })));
    }
}
