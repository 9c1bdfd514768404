//! The arguments, with the help that belongs to each.

mod removing;

pub(crate) use removing::{RemoveArgs, Replace, RunsArgs, RunsCommand, TrashArgs, TrashCommand, TrashesArgs, UndoArgs};

use clap::{Args, Parser, Subcommand, ValueEnum};
use pipeline::google::PICKED_MAX;
use std::net::IpAddr;
use std::path::PathBuf;

/// Finds the photos you have twice, and helps to get rid of them without losing one.
///
/// Start with `lookalike scan PATH…` on a photo folder or a Google Takeout export, then look at `lookalike groups` and `lookalike plan`.
/// Only `remove` moves a photo, into a trash from which `undo` brings it back; no other command changes, moves or removes one.
#[derive(Debug, Parser)]
#[command(name = "lookalike", version, max_term_width = 110)]
pub(crate) struct Arguments {
    /// The catalog, one SQLite file [default: in the platform's data place; `lookalike doctor` tells]
    #[arg(long, global = true, value_name = "PATH", env = "LOOKALIKE_CATALOG")]
    pub(crate) catalog: Option<PathBuf>,
    /// Say only what was asked for, and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Say more
    #[arg(long, short, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read photo folders and Takeout exports into the catalog, and find copies
    Scan(ScanArgs),
    /// List, rename, move or forget sources
    Sources(SourcesArgs),
    /// Show groups of copies, with the one to keep and the reasons
    Groups(GroupsArgs),
    /// Tell why two photos are one group, or why not, with all measurements
    Explain(ExplainArgs),
    /// Look at copies side by side in the browser, and decide
    ///
    /// Serves a page on this machine only, until Ctrl-C. What is decided there is kept in the catalog and holds for all commands; no photo is
    /// changed, moved or removed by it.
    Review(ReviewArgs),
    /// Show what would go and why; changes nothing
    ///
    /// With --out, what you decided is frozen into a file that names each photo, its keeper and the bytes of both, and what the keeper gains.
    Plan(PlanArgs),
    /// Move what was decided to a trash, after showing it and asking
    ///
    /// Without PLAN what you decided in `lookalike review` is frozen now. Each photo and its keeper are looked at again before it moves; any
    /// doubt leaves the photo and says so. `lookalike undo` brings everything back. Photos in archives and at Google are never touched.
    Remove(RemoveArgs),
    /// Bring back what a run of `remove` moved
    ///
    /// Works without the catalog, more than once, and after a crash. Without RUN the last run that has something in the trash is taken back.
    Undo(UndoArgs),
    /// List the runs of `remove`, or show one
    Runs(RunsArgs),
    /// List or empty our own trash
    Trash(TrashArgs),
    /// Ask the catalog a question in SQL; reads only
    Sql(SqlArgs),
    /// Show which photos of one source are not in another, and what is nearest to each
    ///
    /// Both ways: `--in takeout --but-not-in photos` tells what is in Google and not on the disk, turned round the other. Compared by bytes, by
    /// the coded picture, by what the camera wrote, and by the picture. What is there coded anew, smaller, edited or in the shot's other format
    /// counts as being there, and is counted apart. Each missing photo is `certain` (read whole, and nothing is near it), `likely` (something is
    /// near and is not it) or `unsure` (it could not be compared).
    Missing(MissingArgs),
    /// Write the photos that are missing in one source from the archives of another into a folder
    ///
    /// As `missing` finds them: original bytes, compared with what was scanned, with the time of taking as the file's, and a sidecar `NAME.EXT.xmp` with
    /// caption, people, place, albums and favourite. Films of live photos go beside their stills. Nothing is written over, and what was stopped
    /// goes on when it is run again.
    Recover(RecoverArgs),
    /// Write everything known, as CSV or JSON
    Export(ExportArgs),
    /// Google Photos: sign in, list, pick photos, fill an album
    Google(GoogleArgs),
    /// Write a page of links and lists, to remove copies from Google Photos by hand
    ///
    /// No service lets a program remove photos from Google Photos. So this writes a folder for you to do it: `index.html`, links in steps of 50
    /// with ticks; `handoff.csv` and `handoff.json`; `ids.txt`, one of Google's media keys a line. Without --ids-from it holds what the plan offers in
    /// Takeout sources. Written again into the same folder, it tells what a later full export shows to be gone.
    Handoff(HandoffArgs),
    /// Show how things stand; with --ledger what became of each file
    Status(StatusArgs),
    /// Show formats, optional tools and places, and check the catalog
    Doctor(JsonArgs),
    /// Draw a small photo library and show what Lookalike finds in it
    Demo(DemoArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// A command's own page
        command: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ScanArgs {
    /// Photo folders, Takeout archives (.zip, .tgz) or folders that hold either; without any: all sources known
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Leave out what matches, by name or by path below PATH (may be given several times)
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,
    /// Name for a new source; exports of a second Google account need one
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Scan this folder too, and never offer its photos for removal (may be given several times)
    #[arg(long, value_name = "PATH")]
    pub(crate) reference: Vec<PathBuf>,
    /// Threads that read [default: one a core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) threads: Option<u16>,
    /// Try again files that failed before
    #[arg(long)]
    pub(crate) retry: bool,
    /// Look for byte copies only: compares sizes, then heads, and reads whole files only where these agree; draws no fingerprints
    #[arg(long, conflicts_with = "quick")]
    pub(crate) exact: bool,
    /// Look at camera photos' previews first, and read whole only those that may be like another (misses copies whose preview is wrong)
    #[arg(long)]
    pub(crate) quick: bool,
    /// Search opt-in relations too: edited, cropped (else the first `groups --with cropped` does)
    #[arg(long, value_name = "RELATIONS", value_delimiter = ',')]
    pub(crate) with: Vec<String>,
    /// End with a summary in JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SourcesArgs {
    #[command(subcommand)]
    pub(crate) command: Option<SourcesCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum SourcesCommand {
    /// List all sources
    List(JsonArgs),
    /// Give a source another name
    Rename {
        /// Its name now
        name: String,
        /// Its new name
        new: String,
    },
    /// Tell that a source lies elsewhere now
    Move {
        /// Its name
        name: String,
        /// Where it lies now; for Takeout the folder that holds its archives
        path: PathBuf,
    },
    /// Forget a source; its photos are not touched
    Forget {
        /// Its name
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct GoogleArgs {
    #[command(subcommand)]
    pub(crate) command: GoogleCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum GoogleCommand {
    /// Sign in, in the browser
    Login(LoginArgs),
    /// Show whether and how you are signed in
    Status(JsonArgs),
    /// Sign out: withdraw the login at Google and forget it here
    Logout,
    /// List the library into the catalog; goes on where it was stopped
    Sync(SyncArgs),
    /// Pick photos by hand in Google's own page; they come with small pictures
    Pick(PickArgs),
    /// Albums at Google
    Album(AlbumArgs),
}

#[derive(Debug, Args)]
pub(crate) struct BrowserArgs {
    /// Print the address of Google's page instead of opening the browser
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Port on 127.0.0.1 that the browser comes back to [default: any free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
}

#[derive(Debug, Args)]
pub(crate) struct LoginArgs {
    /// The OAuth client's file, as downloaded from the Google Cloud console; needed the first time
    #[arg(long, value_name = "FILE")]
    pub(crate) client_secret: Option<PathBuf>,
    /// Ask for the permission to list the whole library, which Google refuses since March 2025
    #[arg(long)]
    pub(crate) whole: bool,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
}

#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// Name of the source
    #[arg(long, value_name = "NAME", default_value = "google")]
    pub(crate) name: String,
    /// Ask for the whole library, as was possible until March 2025; else what your own Cloud project uploaded
    #[arg(long)]
    pub(crate) whole: bool,
    /// Fetch a small picture of each item too, so that look-alikes are found
    #[arg(long)]
    pub(crate) pictures: bool,
    /// End with a summary in JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PickArgs {
    /// Name of the source
    #[arg(long, value_name = "NAME", default_value = "google-picked")]
    pub(crate) name: String,
    /// Most photos that may be picked
    #[arg(long, value_name = "N", default_value_t = PICKED_MAX, value_parser = clap::value_parser!(u32).range(1..=i64::from(PICKED_MAX)))]
    pub(crate) max: u32,
    /// End with a summary in JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
}

#[derive(Debug, Args)]
pub(crate) struct AlbumArgs {
    #[command(subcommand)]
    pub(crate) command: AlbumCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AlbumCommand {
    /// Add items to an album, 50 at a time; Google takes only what your own Cloud project uploaded
    Add(AlbumAddArgs),
}

#[derive(Debug, Args)]
pub(crate) struct AlbumAddArgs {
    /// Title of the album; made if this program has not made it yet
    #[arg(long, value_name = "TITLE", required_unless_present = "album", conflicts_with = "album")]
    pub(crate) title: Option<String>,
    /// Id of an album that is there
    #[arg(long, value_name = "ID")]
    pub(crate) album: Option<String>,
    /// File with one id a line, as `lookalike sql --ids` writes it; `-` is standard input
    #[arg(long, value_name = "FILE", required_unless_present = "from_plan")]
    pub(crate) ids_from: Option<PathBuf>,
    /// Take what the plan removes among listed items
    #[arg(long, conflicts_with = "ids_from")]
    pub(crate) from_plan: bool,
    /// With --from-plan: also members of groups by these relations, which the plan leaves to you (`groups --relation R` shows them)
    #[arg(long, value_name = "RELATIONS", value_delimiter = ',', requires = "from_plan")]
    pub(crate) relation: Vec<String>,
    /// Only say what would be asked of Google
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask first
    #[arg(long)]
    pub(crate) yes: bool,
    /// Write the ids that Google refuses to this file, one a line, for `lookalike handoff --ids-from`
    #[arg(long, value_name = "FILE")]
    pub(crate) refused_to: Option<PathBuf>,
    /// End with a summary in JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) browser: BrowserArgs,
}

#[derive(Debug, Args)]
pub(crate) struct JsonArgs {
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which side of a RAW+JPEG or HEIC+JPEG pair to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Prefer {
    /// Keep the RAW (or HEIC)
    Raw,
    /// Keep the JPEG
    Jpeg,
}

#[derive(Debug, Args)]
pub(crate) struct DecideArgs {
    /// Keep rules in order, such as "pixels,has-metadata,path:*/Originals/*" [default: those chosen in the review, else the config file's, else
    /// original-quality,raw-or-jpeg,pixels,compression,has-metadata,in-album,favourite,oldest-upload,path]
    #[arg(long, value_name = "RULES")]
    pub(crate) keep: Option<String>,
    /// Your choice for RAW+JPEG and HEIC+JPEG pairs; without it they stay undecided
    #[arg(long, value_enum)]
    pub(crate) prefer: Option<Prefer>,
    /// Let a photo of source A justify removing its copy in source B (may be given several times)
    #[arg(long, value_name = "A:B")]
    pub(crate) across: Vec<String>,
    /// Show opt-in relations too: edited, cropped, look-alike. The first time, edited and cropped search the whole catalog for crops
    #[arg(long, value_name = "RELATIONS", value_delimiter = ',')]
    pub(crate) with: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct FilterArgs {
    /// Only groups with these relations, such as thumbnail,re-encoded
    #[arg(long, value_name = "RELATIONS", value_delimiter = ',')]
    pub(crate) relation: Vec<String>,
    /// Only groups in which a copy has at least so many bytes (500k, 2M)
    #[arg(long, value_name = "SIZE")]
    pub(crate) min_bytes: Option<String>,
    /// Only groups with a photo of this source
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct GroupsArgs {
    #[command(flatten)]
    pub(crate) decide: DecideArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Show what a built-in finder names instead of groups
    #[arg(long, value_enum)]
    pub(crate) finder: Option<Finder>,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Built-in finders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Finder {
    /// Lightroom's smart previews (UUID.dng) that lie beside the larger photo
    LightroomPreviews,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A path, ARCHIVE!MEMBER, Google's key, or asset:N
    pub(crate) a: String,
    /// Another
    pub(crate) b: String,
    #[command(flatten)]
    pub(crate) decide: DecideArgs,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ReviewArgs {
    /// Port to listen on [default: any free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// Print the address instead of opening the browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// Listen on another address than this machine's own, for other machines too: not encrypted, mind who can reach it
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<IpAddr>,
    /// Most bytes kept of small pictures [default: 2G]
    #[arg(long, value_name = "SIZE")]
    pub(crate) cache: Option<String>,
    #[command(flatten)]
    pub(crate) decide: DecideArgs,
}

#[derive(Debug, Args)]
pub(crate) struct PlanArgs {
    /// Freeze what you decided in the review into this file; an older plan there is written over, any other file is not
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// With --out: also what the rules offer, looked at or not
    #[arg(long, requires = "out")]
    pub(crate) from_rules: bool,
    #[command(flatten)]
    pub(crate) decide: DecideArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SqlArgs {
    /// One statement, or - to read it from standard input
    pub(crate) statement: String,
    /// Which source the view `photos` shows [default: the last scanned]
    #[arg(long, value_name = "NAME")]
    pub(crate) source: Option<String>,
    /// Answer in CSV
    #[arg(long, group = "form")]
    pub(crate) csv: bool,
    /// Answer in JSON, an object a row
    #[arg(long, group = "form")]
    pub(crate) json: bool,
    /// Answer with the column `id` (else the first) only, one a line
    #[arg(long, group = "form")]
    pub(crate) ids: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct ExportArgs {
    /// A row for each place of each photo
    #[arg(long)]
    pub(crate) csv: bool,
    /// Every photo with its places
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct HandoffArgs {
    /// The folder to write; a folder with anything else in it is refused
    #[arg(long, value_name = "DIR", default_value = "lookalike-handoff")]
    pub(crate) out: PathBuf,
    /// Which of the Google accounts in your browser the links are for: the N of `/u/N/` [default: as in the export]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=i64::from(pipeline::ACCOUNT_MAX)))]
    pub(crate) account: Option<u8>,
    /// Only the photos whose ids stand in this file, one a line, whatever the plan says (`sql --ids` writes such); - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["relation", "min_bytes", "source"])]
    pub(crate) ids_from: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) decide: DecideArgs,
    #[command(flatten)]
    pub(crate) filter: FilterArgs,
    /// Answer with a summary in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Which photos are looked for, and where.
#[derive(Debug, Args)]
pub(crate) struct SidesArgs {
    /// Source whose photos are looked for, as `sources list` names it (may be given several times)
    #[arg(long = "in", value_name = "SOURCE", required = true)]
    pub(crate) from: Vec<String>,
    /// Source in which they are looked for (may be given several times)
    #[arg(long = "but-not-in", value_name = "SOURCE", required = true)]
    pub(crate) against: Vec<String>,
    /// Count as being there only the same bytes or coded picture, or the same picture at least as large
    #[arg(long)]
    pub(crate) originals: bool,
    /// Only those that are missing this surely: certain, likely, unsure [default: all]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) sure: Vec<String>,
    /// Also those that you left missing on purpose
    #[arg(long)]
    pub(crate) with_ignored: bool,
}

#[derive(Debug, Args)]
pub(crate) struct RecoverArgs {
    #[command(flatten)]
    pub(crate) sides: SidesArgs,
    /// The folder to write into; made where it is not there
    #[arg(long, value_name = "DIR")]
    pub(crate) to: PathBuf,
    /// Folders below it, of {year}, {month}, {day}, {album}, {source} and text
    #[arg(long, value_name = "PATTERN", default_value = "{year}/{month}")]
    pub(crate) layout: String,
    /// Also photos in Google's trash
    #[arg(long)]
    pub(crate) with_trashed: bool,
    /// Only tell what would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Answer with a summary in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct MissingArgs {
    #[command(subcommand)]
    pub(crate) command: Option<MissingCommand>,
    #[command(flatten)]
    pub(crate) sides: Option<SidesArgs>,
    /// Also list what is there only smaller, coded anew, edited, in another format, or in the trash
    #[arg(long)]
    pub(crate) with_derived: bool,
    /// List at most so many; the sums are of all
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Answer in CSV
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MissingCommand {
    /// Leave photos missing on purpose: they are told no more, wherever they are moved to
    Ignore {
        /// Paths, ARCHIVE!MEMBER, Google's keys, or asset:N, as `missing` shows them
        #[arg(value_name = "PHOTO", required_unless_present = "from_file")]
        photos: Vec<String>,
        /// Take them from this file, one a line; - reads standard input
        #[arg(long, value_name = "FILE")]
        from_file: Option<PathBuf>,
        /// Take it back
        #[arg(long)]
        undo: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct StatusArgs {
    /// List what became of each file
    #[arg(long)]
    pub(crate) ledger: bool,
    /// With --ledger: only files that were skipped or failed
    #[arg(long, requires = "ledger")]
    pub(crate) problems: bool,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Draw into this folder instead of a temporary one
    #[arg(long, value_name = "PATH")]
    pub(crate) folder: Option<PathBuf>,
    /// Walk the road through Google instead, against a simulated Google on this machine
    #[arg(long)]
    pub(crate) google: bool,
}
