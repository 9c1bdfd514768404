//! `lookalike google …`: sign in, list, pick, fill an album.

use super::{World, read_list, relations, stop_on_ctrl_c};
use crate::args::{AlbumAddArgs, AlbumCommand, BrowserArgs, GoogleArgs, GoogleCommand, LoginArgs, PickArgs, SyncArgs};
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::progress::Progress;
use crate::words::{count, day, plural, safe};
use pipeline::google::{
    AccountPlace, AlbumReport, AlbumTarget, Consent, Endpoints, Library, ListingScope, Session, SystemWorld, account_status, add_to_album,
    draw_listed, ids_of, ids_of_plan, log_in, log_out, open_session, pick, preview_album, scope, source_id, sync, write_ids,
};
use pipeline::{GroupOptions, Stop, form};
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long a person has for Google's consent page.
const CONSENT_TIME: Duration = Duration::from_secs(300);
/// What filling an album needs.
const ALBUM_SCOPES: &[&str] = &[scope::LIBRARY_APPEND, scope::LIBRARY_READ_APP_CREATED];

pub(crate) fn run(world: &World, args: GoogleArgs) -> Result<()> {
    let place = place(world);
    match args.command {
        GoogleCommand::Login(args) => login(world, &place, &args),
        GoogleCommand::Status(args) => status(world, &place, args.json),
        GoogleCommand::Logout => {
            let was = log_out(&place, &stop_on_ctrl_c())?;
            tell(world, if was { "signed out of Google; the login is withdrawn and forgotten" } else { "you were not signed in" });
            Ok(())
        }
        GoogleCommand::Sync(args) => list(world, &place, &args),
        GoogleCommand::Pick(args) => choose(world, &place, &args),
        GoogleCommand::Album(args) => {
            let AlbumCommand::Add(args) = args.command;
            fill(world, &place, &args)
        }
    }
}

fn place(world: &World) -> AccountPlace {
    let at = world.places.google_at.as_ref();
    let endpoints = at.map_or_else(Endpoints::default, |(library, picker)| {
        let library = library.trim_end_matches('/');
        Endpoints {
            auth: format!("{library}/o/oauth2/v2/auth"),
            token: format!("{library}/token"),
            revoke: format!("{library}/revoke"),
            library: library.to_owned(),
            picker: picker.clone(),
        }
    });
    // Another Google's login has no business in the person's keyring, nor beside the real one.
    let folder = at.map_or_else(
        || world.places.google.clone(),
        |(library, _)| {
            let name: String = library.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
            world.places.google.with_file_name(format!("google-at-{name}"))
        },
    );
    AccountPlace { folder, endpoints, with_keyring: at.is_none(), world: Arc::new(SystemWorld) }
}

fn tell(world: &World, words: &str) {
    if !world.quiet {
        say(&safe(words));
    }
}

fn show(uri: &str) {
    say(&format!("open this page, if the browser does not: {}", safe(uri)));
}

fn consent(browser: &BrowserArgs) -> Consent<'static> {
    Consent { port: browser.port, opens_browser: !browser.no_browser, show: &show, timeout: CONSENT_TIME }
}

/// Opens the session; a permission that is missing is asked for where a person is there to give it.
fn session(place: &AccountPlace, scopes: &[&str], browser: &BrowserArgs, stop: &Stop) -> Result<Session> {
    let is_somebody_there = browser.no_browser || std::io::stderr().is_terminal();
    let consent = consent(browser);
    Ok(open_session(place, scopes, is_somebody_there.then_some(&consent), stop)?)
}

fn login(world: &World, place: &AccountPlace, args: &LoginArgs) -> Result<()> {
    let scope = if args.whole { ListingScope::Whole } else { ListingScope::AppCreated };
    let report = log_in(place, args.client_secret.as_deref(), &[scope.oauth()], &consent(&args.browser), &stop_on_ctrl_c())?;
    tell(world, &format!("signed in to Google; the login is kept {}", report.kept_in));
    for granted in &report.granted {
        tell(world, &format!("  allowed: {granted}"));
    }
    for missing in &report.missing {
        tell(world, &format!("  not allowed: {missing}"));
    }
    tell(world, "next: `lookalike google sync` lists what Google shows, `lookalike google pick` takes photos picked by hand");
    Ok(())
}

fn status(world: &World, place: &AccountPlace, json: bool) -> Result<()> {
    let status = account_status(place)?;
    let mut out = Out::new();
    if json {
        out.json(&status)?;
    } else {
        out.line(match (&status.project, status.has_client) {
            (Some(project), _) => format!("OAuth client of the Cloud project `{}`", safe(project)),
            (None, true) => "there is an OAuth client".to_owned(),
            (None, false) => "there is no OAuth client yet: `lookalike google login --client-secret FILE`".to_owned(),
        })?;
        out.line(if status.logged_in {
            let since = status.since_utc_seconds.map(|since| format!(" since {}", day(since))).unwrap_or_default();
            format!("signed in{since}; kept {}", safe(&status.kept_in))
        } else {
            format!("not signed in; a login would be kept {}", safe(&status.kept_in))
        })?;
        if let Some(ends) = status.ends_utc_seconds {
            out.line(format!("Google ends this login on {}: the Cloud project is in \"Testing\"", day(ends)))?;
        }
        for granted in &status.granted {
            out.line(format!("  allowed: {}", safe(granted)))?;
        }
        if world.verbose {
            out.line(format!("client file: {}", safe(&place.folder.join("client_secret.json").display().to_string())))?;
        }
    }
    out.flush()?;
    Ok(())
}

fn list(world: &World, place: &AccountPlace, args: &SyncArgs) -> Result<()> {
    let stop = stop_on_ctrl_c();
    let catalog = world.catalog()?;
    let scope = if args.whole { ListingScope::Whole } else { ListingScope::AppCreated };
    let session = session(place, &[scope.oauth()], &args.browser, &stop)?;
    let library = Library::new(&session);
    let progress = Progress::new(world.quiet);
    let now = jiff::Timestamp::now().as_second();
    let outcome = sync(&catalog, &library, &args.name, scope, now, &progress, &stop).and_then(|report| {
        let source = source_id(&catalog, &args.name)?.filter(|_| args.pictures && !report.interrupted);
        let looked = source.map(|source| draw_listed(&catalog, &library, session.wire(), source, &progress, &stop)).transpose()?;
        Ok((report, looked))
    });
    progress.finish();
    let (report, looked) = outcome?;
    let mut out = Out::new();
    if args.json {
        out.json(&serde_json::json!({ "sync": report, "pictures": looked }))?;
    } else if !world.quiet {
        let resumed = if report.resumed { ", going on where the last one stopped" } else { "" };
        out.line(format!(
            "`{}`: {} listed in {}{resumed}; {} new or changed, {} no longer listed (kept as offline)",
            safe(&report.source),
            plural(report.items, "item"),
            plural(report.pages, "page"),
            count(report.changed),
            count(report.unlisted)
        ))?;
        if report.damaged > 0 {
            out.line(format!("entries that could not be read: {}", count(report.damaged)))?;
        }
        if let Some(looked) = &looked {
            out.line(format!("{} looked at, {} without a picture", plural(looked.drawn, "item"), count(looked.failed)))?;
        }
        if let Some(explanation) = &report.explanation {
            out.line(explanation)?;
        }
    }
    out.flush()?;
    let interrupted = report.interrupted || looked.is_some_and(|looked| looked.interrupted);
    if interrupted { Err(pipeline::Error::Interrupted.into()) } else { Ok(()) }
}

fn choose(world: &World, place: &AccountPlace, args: &PickArgs) -> Result<()> {
    let stop = stop_on_ctrl_c();
    let catalog = world.catalog()?;
    let session = session(place, &[scope::PICKER], &args.browser, &stop)?;
    let progress = Progress::new(world.quiet);
    let opens = !args.browser.no_browser;
    let show = |uri: &str| {
        show(uri);
        if opens {
            // A browser that does not open is no error: the address was shown.
            drop(place.world.open_browser(uri));
        }
    };
    let now = jiff::Timestamp::now().as_second();
    let outcome = pick(&catalog, &session, &args.name, args.max, now, &show, &progress, &stop);
    progress.finish();
    let report = outcome?;
    let mut out = Out::new();
    if args.json {
        out.json(&report)?;
    } else if !world.quiet {
        out.line(format!(
            "`{}`: {} picked, {} new or changed, {} seen; {}",
            safe(&report.source),
            plural(report.picked, "item"),
            count(report.changed),
            plural(report.drawn, "picture"),
            plural(report.groups, "group")
        ))?;
    }
    out.flush()?;
    Ok(())
}

fn fill(world: &World, place: &AccountPlace, args: &AlbumAddArgs) -> Result<()> {
    let stop = stop_on_ctrl_c();
    let ids = wanted(world, args)?;
    let target = match (&args.title, &args.album) {
        (Some(title), _) => AlbumTarget::Title(title.clone()),
        (None, album) => AlbumTarget::Id(album.clone().unwrap_or_default()),
    };
    if let Some(file) = &args.refused_to {
        is_free(file, args, &ids)?;
    }
    let catalog = world.catalog()?;
    let preview = preview_album(&catalog, &target, &ids)?;
    if args.dry_run {
        return end(world, args, &preview, true);
    }
    if !args.yes && preview.left > 0 && !agreed(&preview, args)? {
        tell(world, "nothing was asked of Google");
        return Ok(());
    }
    let session = session(place, ALBUM_SCOPES, &args.browser, &stop)?;
    let progress = Progress::new(world.quiet);
    let outcome = add_to_album(&catalog, &Library::new(&session), &target, &ids, &progress, &stop);
    progress.finish();
    let report = outcome?;
    end(world, args, &report, false)?;
    if report.interrupted { Err(pipeline::Error::Interrupted.into()) } else { Ok(()) }
}

/// Makes sure that writing the refused ids harms nothing: there is no file yet, or one of an earlier run, which holds some of these ids.
fn is_free(file: &Path, args: &AlbumAddArgs, ids: &[String]) -> Result<()> {
    let taken = || {
        let what = format!("`{}` is there already, and no list of ids that an earlier run refused", file.display());
        Failure::usage(what, "name a new file with `--refused-to FILE`; nothing was asked of Google")
    };
    if std::fs::symlink_metadata(file).is_err() {
        return Ok(());
    }
    let is_list_itself = args.ids_from.as_ref().is_some_and(|list| std::fs::canonicalize(list).ok() == std::fs::canonicalize(file).ok());
    let text = read_ids(file).map_err(|_| taken())?;
    let is_earlier = ids_of(&text).iter().all(|id| ids.contains(id)) && !text.trim().is_empty();
    if is_earlier && !is_list_itself { Ok(()) } else { Err(taken()) }
}

/// Returns the ids that are to be added.
fn wanted(world: &World, args: &AlbumAddArgs) -> Result<Vec<String>> {
    let Some(path) = &args.ids_from else {
        let formed = form(&world.catalog_to_read()?, &GroupOptions::default())?;
        let ids = ids_of_plan(&formed, &relations(&args.relation)?);
        return if ids.is_empty() {
            Err(Failure::usage(
                "the plan removes nothing that is listed at Google: what was only listed is never offered by itself",
                "name relations that you have looked at (`--from-plan --relation same-shot,thumbnail`), or give ids with `--ids-from FILE`",
            ))
        } else {
            Ok(ids)
        };
    };
    let ids = ids_of(&read_ids(path)?);
    if ids.is_empty() {
        return Err(Failure::usage(format!("`{}` holds no id", path.display()), "write one id a line: `lookalike sql --ids \"SELECT …\"`"));
    }
    Ok(ids)
}

fn read_ids(path: &Path) -> Result<String> {
    String::from_utf8(read_list(path)?)
        .map_err(|_| Failure::usage(format!("`{}` is no text", path.display()), "give a text file with one id a line"))
}

/// Asks the person.
fn agreed(preview: &AlbumReport, args: &AlbumAddArgs) -> Result<bool> {
    let album = args.title.as_deref().or(args.album.as_deref()).unwrap_or_default();
    let what = format!("add {} to the album `{}`", plural(preview.left, "item"), safe(album));
    if !std::io::stdin().is_terminal() || args.ids_from.as_deref() == Some(Path::new("-")) {
        return Err(Failure::usage(format!("this would {what}"), "see it with `--dry-run`, do it with `--yes`"));
    }
    say(&format!("{what}? [y/N]"));
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

fn end(world: &World, args: &AlbumAddArgs, report: &AlbumReport, is_dry: bool) -> Result<()> {
    if let Some(file) = args.refused_to.as_ref().filter(|_| !is_dry && !report.refused.is_empty()) {
        write_ids(file, &report.refused)?;
    }
    let mut out = Out::new();
    if args.json {
        out.json(report)?;
    } else if !world.quiet {
        let album = report.album_id.as_deref().map_or("not made yet".to_owned(), |id| format!("id {}", safe(id)));
        out.line(format!("album: {album}"))?;
        out.line(format!("  {:>9} asked for", count(report.asked)))?;
        out.line(format!("  {:>9} in it since an earlier run", count(report.already)))?;
        if is_dry {
            out.line(format!("  {:>9} would be added", count(report.left)))?;
        } else {
            out.line(format!("  {:>9} added", count(report.added)))?;
        }
        out.line(format!("  {:>9} refused", count(report.refused.len() as u64)))?;
        if report.left > 0 && !is_dry {
            out.line(format!("  {:>9} left; the same command goes on", count(report.left)))?;
        }
    }
    out.flush()?;
    if !report.refused.is_empty() && !is_dry {
        say("Google lets a program add only what its own Cloud project uploaded; the others were left out");
        let file = args.refused_to.as_ref().map_or("FILE".to_owned(), |file| file.display().to_string());
        say(&format!(
            "hint: `--refused-to FILE` keeps their ids, `lookalike handoff --ids-from {}` makes a page of links of them",
            safe(&file)
        ));
    }
    Ok(())
}
