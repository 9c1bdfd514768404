//! AVIF is told by its content and matched by bytes and payload, but not decoded.
//!
//! The AV1 decoders in Rust known to us (2026-11) are rav1d 1.1, called through raw pointers, while this program has no unsafe code, and
//! rav1d-safe 0.6, whose licence (AGPL) is not ours; decoders in C need a build system of their own. Browsers show AVIF themselves.

use super::{DecodeError, Decoded};

/// Says so.
///
/// # Errors
/// Always: there is no decoder.
pub(super) fn decode(_bytes: &[u8]) -> Result<Decoded, DecodeError> {
    Err(DecodeError::Unsupported("AVIF pictures are compared by their bytes only".to_owned()))
}
