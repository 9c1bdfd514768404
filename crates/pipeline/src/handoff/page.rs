//! The page of a hand-off: one HTML file that works from the disk, without any request beyond its own pictures. Pure: rows in, text out.
//!
//! All steps are in one file, since browsers may keep ticks for each local file apart. Ticks are kept in the browser under Google's media key,
//! so they outlive a page that is written again.
//!
//! **Invariant:** every text from outside passes [`escaped`]; links are only those that [`super::link`] lets through; style and script are
//! allowed by their hash and nothing else is.

use crate::handoff::LeftOut;
use crate::handoff::STEP;
use crate::handoff::link::{self, ACCOUNT_MAX};
use crate::handoff::rows::{Item, Lacks, Row};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::AssetId;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Most photos listed on the page that are left out; `handoff.json` has all.
const LEFT_OUT_MAX: usize = 200;

/// How far former hand-offs in this folder came.
pub(crate) struct Progress {
    pub(crate) gone: usize,
    pub(crate) former: usize,
}

/// Returns the page.
pub(crate) fn page(
    rows: &[Row],
    left_out: &[LeftOut],
    pictures: &BTreeMap<AssetId, String>,
    account: Option<u8>,
    progress: &Progress,
) -> String {
    let mut html = String::new();
    write(&mut html, rows, left_out, pictures, account, progress).expect("a String takes all that is written");
    html
}

fn write(
    html: &mut String,
    rows: &[Row],
    left_out: &[LeftOut],
    pictures: &BTreeMap<AssetId, String>,
    account: Option<u8>,
    progress: &Progress,
) -> fmt::Result {
    let title = match rows.len() {
        1 => "1 photo to move to Google's trash".to_owned(),
        many => format!("{many} photos to move to Google's trash"),
    };
    head(html, &title)?;
    writeln!(html, "<body>\n<header>\n<h1>{title}</h1>")?;
    if progress.former > 0 {
        writeln!(html, "<p><strong>{} of the {} handed off before are gone.</strong></p>", progress.gone, progress.former)?;
    }
    if rows.is_empty() {
        writeln!(html, "<p>Nothing is left to do here.</p>\n</header>")?;
    } else {
        intro(html, rows, account)?;
    }
    writeln!(html, "<main>")?;
    let steps = rows.len().div_ceil(STEP);
    let many_sources = rows.iter().any(|row| row.item.source != rows[0].item.source);
    for (step, some) in rows.chunks(STEP).enumerate() {
        let (number, first) = (step + 1, step * STEP + 1);
        writeln!(html, "<section id=\"step-{number}\" data-step=\"{number}\" aria-label=\"Step {number}\">")?;
        writeln!(html, "<h2>Step {number} of {steps}: photos {first} to {}</h2>", first + some.len() - 1)?;
        writeln!(html, "<p class=\"count soft\" role=\"status\">{} photos</p>", some.len())?;
        writeln!(html, "<progress max=\"{}\" value=\"0\" aria-label=\"done in this step\"></progress>\n<ol class=\"rows\">", some.len())?;
        for (at, row) in some.iter().enumerate() {
            row_html(html, first + at, row, pictures, many_sources)?;
        }
        writeln!(html, "</ol>")?;
        if number < steps {
            writeln!(html, "<p><a href=\"#step-{}\">Next step</a></p>", number + 1)?;
        }
        writeln!(html, "</section>")?;
    }
    left_out_html(html, left_out)?;
    writeln!(html, "</main>")?;
    if !rows.is_empty() {
        writeln!(html, "<script>{SCRIPT}</script>")?;
    }
    writeln!(html, "</body>\n</html>")
}

fn head(html: &mut String, title: &str) -> fmt::Result {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    // `file:` beside 'self', which browsers understand differently for pages from the disk.
    let policy = format!(
        "default-src 'none'; img-src 'self' file:; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    writeln!(html, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
    writeln!(html, "<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">")?;
    writeln!(
        html,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">"
    )?;
    writeln!(html, "<title>{title} – Lookalike</title>\n<style>{STYLE}</style>\n</head>")
}

fn intro(html: &mut String, rows: &[Row], account: Option<u8>) -> fmt::Result {
    let written = account.map(|account| account.to_string()).unwrap_or_default();
    writeln!(
        html,
        "<p>For each photo: open the <strong>keeper</strong> and see that it is there; open the <strong>photo that may go</strong> and press \
         <kbd>#</kbd> (<kbd>Shift</kbd>+<kbd>3</kbd>) in Google Photos, which moves it to the trash. Then tick it here. Google keeps its trash for 60 days.</p>\n\
         <p class=\"soft\">This is one click a photo: no service lets a program do it. Nothing leaves this page but the links that you open. After a \
         later full export, scan it and write this hand-off again: it tells what is gone.</p>"
    )?;
    writeln!(html, "<div class=\"tools\">\n<label>Google account in the links <select id=\"account\" data-written=\"{written}\">")?;
    writeln!(html, "<option value=\"\">as in the export</option>")?;
    for index in 0..=ACCOUNT_MAX {
        writeln!(html, "<option value=\"{index}\">/u/{index}/</option>")?;
    }
    writeln!(
        html,
        "</select></label>\n<label><input type=\"checkbox\" id=\"hide\" autocomplete=\"off\"> hide what is ticked</label>\n<span class=\"soft\">Keys: <kbd>j</kbd> \
         <kbd>k</kbd> next and previous photo, <kbd>i</kbd> opens the keeper, <kbd>o</kbd> the photo that may go, <kbd>x</kbd> ticks, <kbd>n</kbd> \
         <kbd>p</kbd> next and previous step</span>\n</div>"
    )?;
    writeln!(
        html,
        "<p id=\"unkept\" class=\"warn\" hidden>This browser keeps no ticks for this page: they are lost when it is closed.</p>"
    )?;
    writeln!(html, "<p id=\"count\" role=\"status\">{} photos</p>", rows.len())?;
    writeln!(
        html,
        "<progress id=\"bar\" max=\"{}\" value=\"0\" aria-label=\"done in all\"></progress>\n<nav aria-label=\"Steps\"><ol class=\"steps\">",
        rows.len()
    )?;
    for number in 1..=rows.len().div_ceil(STEP) {
        writeln!(html, "<li><a href=\"#step-{number}\">{number}</a></li>")?;
    }
    writeln!(html, "</ol></nav>\n</header>")
}

fn row_html(html: &mut String, number: usize, row: &Row, pictures: &BTreeMap<AssetId, String>, with_source: bool) -> fmt::Result {
    let (key, name) = (escaped(&row.item.id), escaped(&row.item.name));
    writeln!(html, "<li class=\"row\" tabindex=\"-1\" data-key=\"{key}\">")?;
    writeln!(
        html,
        "<label class=\"tick\"><input type=\"checkbox\" autocomplete=\"off\" aria-label=\"done: {name}\"><span class=\"soft\">{number}</span></label>"
    )?;
    writeln!(html, "<div class=\"pair\">")?;
    match &row.keeper {
        Some(keeper) => photo_html(html, "stays", "Keeper, stays", keeper, pictures, with_source || keeper.source != row.item.source)?,
        None => writeln!(html, "<div class=\"photo stays\"><div class=\"blank\">no keeper</div></div>")?,
    }
    photo_html(html, "goes", "May go", &row.item, pictures, with_source)?;
    writeln!(html, "</div>\n<div class=\"told\">")?;
    lacks_html(html, &row.keeper_lacks, row.keeper.is_some())?;
    for note in &row.notes {
        writeln!(html, "<p class=\"warn\">{}</p>", escaped(note))?;
    }
    if let (Some(relation), Some(verdict)) = (row.relation, row.verdict) {
        writeln!(html, "<details class=\"soft\"><summary>{relation}: Lookalike says {verdict}</summary><ul>")?;
        for reason in &row.reasons {
            writeln!(html, "<li>{}</li>", escaped(reason))?;
        }
        writeln!(html, "</ul></details>")?;
    }
    writeln!(html, "</div>\n</li>")
}

fn photo_html(
    html: &mut String,
    class: &str,
    label: &str,
    item: &Item,
    pictures: &BTreeMap<AssetId, String>,
    with_source: bool,
) -> fmt::Result {
    let name = escaped(&item.name);
    writeln!(html, "<div class=\"photo {class}\">")?;
    match pictures.get(&item.asset) {
        Some(picture) => writeln!(html, "<img src=\"{}\" alt=\"\" loading=\"lazy\">", escaped(picture))?,
        None => writeln!(html, "<div class=\"blank\">{}</div>", escaped(item.format.unwrap_or("no picture")))?,
    }
    write!(html, "<p><strong class=\"label\">{label}:</strong> ")?;
    let link = item.link.as_deref();
    match (link, link.and_then(link::path)) {
        (Some(link), Some(path)) => writeln!(
            html,
            "<a href=\"{}\" data-path=\"{}\" target=\"_blank\" rel=\"noopener noreferrer\"><span class=\"name\">{name}</span></a></p>",
            escaped(link),
            escaped(path)
        )?,
        _ => writeln!(html, "<span class=\"name\">{name}</span></p>")?,
    }
    let mut facts = Vec::new();
    if item.width > 0 && item.height > 0 {
        facts.push(format!("{} × {}", item.width, item.height));
    }
    facts.extend(item.format.map(str::to_uppercase));
    if item.size_bytes > 0 {
        facts.push(format!("{} kB", item.size_bytes.div_ceil(1000)));
    }
    facts.extend(item.taken_utc.as_ref().map(|taken| format!("taken {taken} UTC")));
    if with_source {
        facts.push(format!("in {}", item.source));
    }
    if link.is_none() {
        facts.push(item.product_url.clone().unwrap_or_else(|| item.path.clone()));
    }
    writeln!(html, "<p class=\"soft\">{}</p>\n</div>", escaped(&facts.join(" · ")))
}

fn lacks_html(html: &mut String, lacks: &Lacks, has_keeper: bool) -> fmt::Result {
    if lacks.is_empty() {
        return Ok(());
    }
    let who = if has_keeper { "The keeper lacks" } else { "This would go with it" };
    writeln!(html, "<p class=\"lacks\"><strong>{who}:</strong></p><ul>")?;
    for album in &lacks.albums {
        writeln!(html, "<li>the album “<span class=\"name\">{}</span>”</li>", escaped(album))?;
    }
    if lacks.favourite {
        writeln!(html, "<li>the favourite mark</li>")?;
    }
    if let Some(caption) = &lacks.caption {
        writeln!(html, "<li>the caption “<span class=\"name\">{}</span>”</li>", escaped(caption))?;
    }
    for words in &lacks.more {
        writeln!(html, "<li>{}</li>", escaped(words))?;
    }
    writeln!(html, "</ul>")
}

fn left_out_html(html: &mut String, left_out: &[LeftOut]) -> fmt::Result {
    if left_out.is_empty() {
        return Ok(());
    }
    writeln!(html, "<details><summary>{} left out, and why</summary><ul>", left_out.len())?;
    for one in left_out.iter().take(LEFT_OUT_MAX) {
        writeln!(
            html,
            "<li><span class=\"name\">{}</span> <span class=\"soft\">{}</span>: {}</li>",
            escaped(&one.name),
            escaped(&one.id),
            escaped(&one.why)
        )?;
    }
    if left_out.len() > LEFT_OUT_MAX {
        writeln!(html, "<li>and {} more: handoff.json has all</li>", left_out.len() - LEFT_OUT_MAX)?;
    }
    writeln!(html, "</ul></details>")
}

/// Returns text that stays text between tags and in a quoted attribute; what could turn the line's direction or hide is shown as `�`.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    let is_odd = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(|c: char| is_odd(c) || matches!(c, '&' | '<' | '>' | '"' | '\'')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if is_odd(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}
