//! One file a command.

mod demo;
mod demo_google;
mod doctor;
mod explain;
mod export;
mod google;
mod groups;
mod handoff;
mod missing;
mod plan;
mod recover;
mod remove;
mod review;
mod runs;
mod scan;
mod sources;
mod sql;
mod status;
mod undo;

use crate::args::{Arguments, Command, DecideArgs, FilterArgs, Prefer, TrashesArgs};
use crate::config::{Config, Places, places};
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::parse_size;
use clap::CommandFactory as _;
use pipeline::model::Relation;
use pipeline::removing::{Homes, known_trashes, trash_in};
use pipeline::{Catalog, GroupOptions, KeepRules, Stop, count_unsearched, make_catalog_folder, needs_crops, search_crops};
use std::collections::BTreeSet;
use std::io::{BufRead as _, Read as _, Write as _};
use std::path::Path;
use std::sync::OnceLock;

/// What every command may need.
pub(crate) struct World {
    pub(crate) places: Places,
    pub(crate) config: Config,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
}

impl World {
    /// Opens the catalog for work; makes it as needed.
    pub(crate) fn catalog(&self) -> Result<Catalog> {
        make_catalog_folder(&self.places.catalog)?;
        Ok(Catalog::open(&self.places.catalog).map_err(pipeline::Error::from)?)
    }

    /// Opens the catalog for reading, after a crop search where `options` ask for one that was not made yet. Where its outcome cannot be
    /// written, says so and goes on with what is known.
    pub(crate) fn catalog_with_crops(&self, options: &GroupOptions) -> Result<Catalog> {
        let catalog = self.catalog_to_read()?;
        if !needs_crops(&options.with) || count_unsearched(&catalog)? == 0 {
            return Ok(catalog);
        }
        let progress = Progress::new(self.quiet);
        let stop = stop_on_ctrl_c();
        let outcome =
            Catalog::open(&self.places.catalog).map_err(pipeline::Error::from).and_then(|catalog| search_crops(&catalog, &progress, &stop));
        progress.finish();
        match outcome {
            Ok(_) => Ok(catalog),
            Err(error @ pipeline::Error::Interrupted) => Err(error.into()),
            Err(error) => {
                say(&format!("note: crops were not searched, since the catalog cannot be written ({error}); what is known is shown"));
                Ok(catalog)
            }
        }
    }

    /// Opens the catalog for reading; says so where there is none yet.
    pub(crate) fn catalog_to_read(&self) -> Result<Catalog> {
        Ok(Catalog::open_read_only(&self.places.catalog).map_err(pipeline::Error::from)?)
    }
}

pub(crate) fn run(arguments: Arguments) -> Result<()> {
    match &arguments.command {
        Command::Completions { shell } => {
            clap_complete::generate(*shell, &mut Arguments::command(), "lookalike", &mut Out::new());
            return Ok(());
        }
        Command::Man { command } => return manual(command.as_deref()),
        _ => {}
    }
    let (places, config) = places(arguments.catalog.as_deref())?;
    let world = World { places, config, quiet: arguments.quiet, verbose: arguments.verbose > 0 };
    match arguments.command {
        Command::Scan(args) => scan::run(&world, args),
        Command::Sources(args) => sources::run(&world, args),
        Command::Groups(args) => groups::run(&world, args),
        Command::Explain(args) => explain::run(&world, args),
        Command::Review(args) => review::run(&world, args),
        Command::Plan(args) => plan::run(&world, args),
        Command::Remove(args) => remove::run(&world, args),
        Command::Undo(args) => undo::run(&world, args),
        Command::Runs(args) => runs::run(&world, args),
        Command::Trash(args) => runs::trash(&world, args),
        Command::Sql(args) => sql::run(&world, args),
        Command::Missing(args) => missing::run(&world, args),
        Command::Recover(args) => recover::run(&world, args),
        Command::Export(args) => export::run(&world, args),
        Command::Google(args) => google::run(&world, args),
        Command::Handoff(args) => handoff::run(&world, args),
        Command::Status(args) => status::run(&world, args),
        Command::Doctor(args) => doctor::run(&world, args),
        Command::Demo(args) => demo::run(&world, args),
        Command::Completions { .. } | Command::Man { .. } => Ok(()),
    }
}

fn manual(command: Option<&str>) -> Result<()> {
    let whole = Arguments::command();
    let page = match command {
        None => whole,
        Some(name) => {
            let found = whole.get_subcommands().find(|command| command.get_name() == name).cloned();
            let found = found.ok_or_else(|| Failure::usage(format!("there is no command `{name}`"), "`lookalike --help` lists them"))?;
            found.name(format!("lookalike-{name}").leak() as &'static str)
        }
    };
    let mut out = Out::new();
    clap_mangen::Man::new(page).render(&mut out)?;
    out.flush()?;
    Ok(())
}

/// Hears Ctrl-C: the first asks for a stop, the second ends at once. Asked again, returns the same wish.
pub(crate) fn stop_on_ctrl_c() -> Stop {
    static HEARD: OnceLock<Stop> = OnceLock::new();
    let listen = || {
        let stop = Stop::default();
        let asked = stop.clone();
        let heard = ctrlc::set_handler(move || {
            if asked.asked() {
                std::process::exit(130);
            }
            asked.ask();
        });
        if heard.is_err() {
            say("note: Ctrl-C will end the program at once; what is done by then is kept");
        }
        stop
    };
    HEARD.get_or_init(listen).clone()
}

/// Returns where journals and trashes are looked for.
fn homes(world: &World, trashes: &TrashesArgs) -> Result<Homes> {
    let mut trashes: Vec<_> = trashes.trash.iter().map(|trash| Ok(trash_in(&std::path::absolute(trash)?))).collect::<Result<_>>()?;
    // Nothing here needs a catalog; one that is there may know of trashes that the state folder forgot.
    if let Ok(catalog) = world.catalog_to_read() {
        trashes.extend(known_trashes(&catalog).unwrap_or_default());
    }
    Ok(Homes { state: world.places.state.clone(), trashes })
}

/// Asks the person to type a number before what it counts is touched; says so where it was not typed.
fn is_agreed(number: u64) -> Result<bool> {
    let mut err = std::io::stderr().lock();
    write!(err, "type {number} to go on: ")?;
    err.flush()?;
    drop(err);
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let is_typed = line.trim() == number.to_string();
    if !is_typed {
        say("nothing was changed");
    }
    Ok(is_typed)
}

/// Longest list of ids read. Bytes: a million of Google's keys.
const LIST_MAX_BYTES: u64 = 64 << 20;

/// Returns the bytes of a list of ids that a person named; `-` is standard input.
fn read_list(path: &Path) -> Result<Vec<u8>> {
    let shown = path.display();
    let unreadable = |error: std::io::Error| {
        Failure::usage(format!("cannot read `{shown}`: {error}"), "`lookalike sql --ids \"SELECT …\" > FILE` writes a list of ids")
    };
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        std::io::stdin().take(LIST_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    } else {
        let file = std::fs::File::open(path).map_err(unreadable)?;
        file.take(LIST_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    }
    if bytes.len() as u64 > LIST_MAX_BYTES {
        return Err(Failure::usage(format!("`{shown}` is longer than 64 MiB"), "give the ids in several lists"));
    }
    Ok(bytes)
}

fn relations(names: &[String]) -> Result<BTreeSet<Relation>> {
    names
        .iter()
        .map(|name| {
            Relation::from_name(name.trim()).ok_or_else(|| {
                let known: Vec<&str> = Relation::ALL.iter().map(|relation| relation.name()).collect();
                Failure::usage(format!("there is no relation `{name}`"), format!("known are {}", known.join(", ")))
            })
        })
        .collect()
}

/// Turns arguments and config into what the library asks for.
pub(crate) fn group_options(world: &World, decide: &DecideArgs, filter: Option<&FilterArgs>) -> Result<GroupOptions> {
    let (rules, usual_rules) = keep_rules(world, decide)?;
    let mut options = GroupOptions { rules, usual_rules, with: relations(&decide.with)?, ..GroupOptions::default() };
    for pair in &decide.across {
        let (keep, remove) = pair
            .split_once(':')
            .ok_or_else(|| Failure::usage(format!("`--across {pair}` names no two sources"), "write it as `--across KEEP:REMOVE`"))?;
        options.across.push((keep.to_owned(), remove.to_owned()));
    }
    if let Some(filter) = filter {
        options.relations = relations(&filter.relation)?;
        options.source.clone_from(&filter.source);
        if let Some(text) = &filter.min_bytes {
            options.min_bytes =
                parse_size(text).ok_or_else(|| Failure::usage(format!("`{text}` is no size"), "write it as 500k, 2M or 1.5GiB"))?;
        }
    }
    Ok(options)
}

/// Returns the keep rules asked for on the command line, if any, and the usual ones: the config file's, else the program's.
fn keep_rules(world: &World, decide: &DecideArgs) -> Result<(Option<KeepRules>, KeepRules)> {
    let read = |text: &String| {
        text.parse::<KeepRules>().map_err(|error| Failure::usage(error.to_string(), "`lookalike plan --help` shows the rules"))
    };
    let preferring = |rules: KeepRules, prefer: Option<Prefer>| match prefer {
        Some(Prefer::Raw) => rules.preferring(pipeline::RawOrJpeg::Raw),
        Some(Prefer::Jpeg) => rules.preferring(pipeline::RawOrJpeg::Jpeg),
        None => rules,
    };
    let usually = match world.config.prefer.as_deref() {
        None => None,
        Some("raw") => Some(Prefer::Raw),
        Some("jpeg") => Some(Prefer::Jpeg),
        Some(other) => {
            return Err(Failure::usage(format!("`prefer = \"{other}\"` in the config file"), "write \"raw\" or \"jpeg\""));
        }
    };
    let usual = preferring(world.config.keep.as_ref().map(read).transpose()?.unwrap_or_default(), usually);
    let asked = decide.keep.as_ref().map(read).transpose()?;
    let asked = match (asked, decide.prefer) {
        (None, None) => None,
        (rules, prefer) => Some(preferring(rules.unwrap_or_else(|| usual.clone()), prefer.or(usually))),
    };
    Ok((asked, usual))
}
