//! The arguments of what moves photos and takes it back.

use super::DecideArgs;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct RemoveArgs {
    /// A plan written by `lookalike plan --out`
    #[arg(value_name = "PLAN", conflicts_with_all = ["from_rules", "keep", "prefer", "across", "with"])]
    pub(crate) plan: Option<PathBuf>,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Print each step and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Also what the rules offer and nobody looked at
    #[arg(long)]
    pub(crate) from_rules: bool,
    /// Use a trash in this folder, on the same file system [default: in each scanned folder]
    #[arg(long, value_name = "DIR")]
    pub(crate) trash: Option<PathBuf>,
    /// Let a trash on another file system be filled by copying and comparing
    #[arg(long)]
    pub(crate) copy: bool,
    /// Use the system's trash; undo goes as far as it allows
    #[arg(long, conflicts_with_all = ["trash", "copy", "replace"])]
    pub(crate) system_trash: bool,
    /// Put a link of the keeper in the place of copies with the same bytes
    #[arg(long, value_name = "HOW")]
    pub(crate) replace: Option<Replace>,
    /// Tell what was done in JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) decide: DecideArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Replace {
    /// A second name of the keeper's file: changing one changes both
    Hardlink,
    /// A file of its own that shares the keeper's bytes until either is changed (Btrfs, XFS and such)
    Reflink,
}

#[derive(Debug, Args)]
pub(crate) struct UndoArgs {
    /// Number of the run
    pub(crate) run: Option<String>,
    #[command(flatten)]
    pub(crate) trash: TrashesArgs,
    /// Tell what was done in JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct TrashesArgs {
    /// Look into this trash too: one that this machine forgot (may be given several times)
    #[arg(long, value_name = "DIR", global = true)]
    pub(crate) trash: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct RunsArgs {
    #[command(subcommand)]
    pub(crate) command: Option<RunsCommand>,
    #[command(flatten)]
    pub(crate) trash: TrashesArgs,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// Show each photo of a run: where it is now, and why it went or stayed
    Show {
        /// Number of the run
        run: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TrashArgs {
    #[command(subcommand)]
    pub(crate) command: TrashCommand,
    #[command(flatten)]
    pub(crate) trash: TrashesArgs,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TrashCommand {
    /// List what waits in our trash
    List,
    /// Take what is old out of our trash, for good
    ///
    /// Only what a journal names as removed goes, and only while the photo that was kept in its place still has its bytes.
    Empty {
        /// What was removed longer ago than this: 60d, 8w, 12h
        #[arg(long, value_name = "TIME")]
        older_than: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        /// Say how much would go and change nothing
        #[arg(long, conflicts_with = "yes")]
        dry_run: bool,
        /// Also photos whose keeper is gone or changed
        #[arg(long)]
        with_last_copies: bool,
    },
}
