//! The face of `lookalike review`: a local page on which a person decides what of each group stays, and an API under it.
//!
//! It shows what [`pipeline::review`] says and sends wishes back; no rule, no threshold and no SQL lives here or in its scripts.
//!
//! **Invariant:** GET changes nothing; nobody gets in without this start's token; assets are addressed by id, never by path; whatever comes
//! from a photo, a name or a caption is text, never markup; nothing is asked of any other host.

mod api;
mod assets;
mod guard;
mod missing;
mod pages;
mod patient;
mod pictures;
mod problem;
mod range;
mod removal;
mod routes;
mod server;
mod show;
mod texts;
mod visitors;
mod work;

#[cfg(test)]
mod contract;
#[cfg(test)]
mod contract_removal;

pub use server::{Error, Options, serve};
