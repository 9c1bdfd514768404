//! AVIF is told by its content and matched by bytes and payload, but not decoded.
//!
//! The AV1 decoders in Rust known to us (rav1d and its kin, 2026-11) are called through raw pointers, and this program has no unsafe
//! code; decoders in C need a build system of their own.

use super::{DecodeError, Decoded};

/// Says so.
///
/// # Errors
/// Always: there is no decoder.
pub(super) fn decode(_bytes: &[u8]) -> Result<Decoded, DecodeError> {
    Err(DecodeError::Unsupported("AVIF pictures are compared by their bytes only".to_owned()))
}
