//! Google's wire: OAuth 2.0 for a desktop program, the Photos Library and the Photos Picker, as typed calls without policy.
//!
//! A [`Wire`] holds the addresses, the clock and the limits; [`oauth::login`] gives a [`Token`]; a [`Session`] keeps it fresh in a
//! [`TokenStore`]; [`Library`] and [`Picker`] ask; [`media::fetch`] takes the bytes. What to ask for, when, and what to do about an
//! answer is the caller's. It does not know the catalog, and it cannot delete a photo: no public interface of Google can.
//!
//! **Invariant:** tokens, codes, secrets and base URLs are [`Secret`]s: they reach no message, log or `Debug` output.
//! **Invariant:** whatever comes from outside is bounded (bytes, strings, tries, time), and a bearer goes only to the host it is for.

mod answer;
mod client_secret;
mod endpoints;
mod error;
mod library;
pub mod media;
mod media_item;
pub mod oauth;
mod page;
mod picker;
mod retry;
pub mod scope;
mod secret;
mod session;
pub mod store;
#[cfg(test)]
mod tests;
mod token;
mod transport;
mod values;
mod wire;
mod world;

pub use client_secret::{ClientSecret, ClientSecretProblem};
pub use endpoints::Endpoints;
pub use error::{ApiError, Error, ErrorKind, LoginProblem, OauthError, OauthKind, Result};
pub use library::{Album, ItemFailure, Library, NewItem};
pub use media_item::{Camera, MediaItem, MediaKind, UtcTime, VideoStatus, is_id};
pub use page::Page;
pub use picker::{Picker, PickingSession};
pub use secret::Secret;
pub use session::Session;
pub use store::TokenStore;
pub use token::Token;
pub use wire::{Limits, Stop, Wire};
pub use world::{SystemWorld, World};
