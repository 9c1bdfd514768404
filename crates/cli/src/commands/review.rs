//! `lookalike review`: serves the review page on this machine and opens it in the browser.

use super::{World, group_options, stop_on_ctrl_c};
use crate::args::ReviewArgs;
use crate::config::{FFMPEG, find_tool};
use crate::failure::{Failure, Result};
use crate::printer::{Out, say};
use crate::words::{parse_size, plural};
use pipeline::google::{SystemWorld, World as _};
use pipeline::review::Review;
use pipeline::{PICTURES_BUDGET_BYTES, PictureOptions, Pictures};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

pub(crate) fn run(world: &World, args: ReviewArgs) -> Result<()> {
    let options = group_options(world, &args.decide, None)?;
    let budget_bytes = match &args.cache {
        Some(text) => parse_size(text).ok_or_else(|| Failure::usage(format!("`{text}` is no size"), "write it as 500M or 2G"))?,
        None => PICTURES_BUDGET_BYTES,
    };
    drop(world.catalog_with_crops(&options)?);
    let listen = SocketAddr::new(args.listen.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), args.port);
    if !listen.ip().is_loopback() {
        say(&format!(
            "warning: listening on {}: whoever can reach this machine there and reads the address below sees your photos and decides on them; \
             nothing on the way is encrypted",
            listen.ip()
        ));
    }
    let stop = stop_on_ctrl_c();
    let pictures = PictureOptions { folder: world.places.pictures.clone(), budget_bytes, ffmpeg: find_tool(FFMPEG) };
    let pictures = Pictures::open(pictures)?;
    let review = Review::open(&world.places.catalog, options, || jiff::Timestamp::now().as_second())?;
    // Held in memory, so that the first page comes at once.
    let progress = review.overview()?.progress;
    if !world.quiet {
        say(&format!("{}, {} to decide", plural(progress.groups, "group"), plural(progress.open, "group")));
    }
    let mut told = Ok(());
    let options = web::Options { listen, opens_once: !args.no_open, state: world.places.state.clone() };
    web::serve(review, pictures, &options, &stop, |url| told = tell(world, &args, url))
        .map_err(|error| Failure::usage(error.to_string(), "choose another port with `--port N`, or leave it out for a free one"))?;
    told
}

fn tell(world: &World, args: &ReviewArgs, url: &str) -> Result<()> {
    let mut out = Out::new();
    out.line(url)?;
    out.flush()?;
    if !world.quiet {
        let uses = if args.no_open { "this start" } else { "one use" };
        say(&format!("the review is at this address until Ctrl-C; the token in it is good for {uses} only"));
    }
    if !args.no_open && SystemWorld.open_browser(url).is_err() {
        say("hint: no browser could be opened; open the address yourself");
    }
    Ok(())
}
