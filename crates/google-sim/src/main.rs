//! `google-sim`: the simulator as a program, for demonstrations and for clients in other languages; runs until it is killed.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use google_sim::{AppCreated, Consent, Era, Fault, Options, PageQuirks, Picking, Simulator};

/// A local server that behaves like Google's sign-in, Photos Library API and Photos Picker API.
#[derive(Debug, Parser)]
#[command(name = "google-sim", version, after_help = after_help())]
struct Arguments {
    /// Whose rules hold: before 31 March 2025, or since.
    #[arg(long, value_enum, default_value_t = Years::Since)]
    era: Years,
    /// How many items the made-up library has.
    #[arg(long, default_value_t = 1000)]
    items: u64,
    /// What the library follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// First of four ports in a row: sign-in and Library, Picker, pictures, another host; free ones unless given.
    #[arg(long)]
    port: Option<u16>,
    /// Items that the program itself has uploaded: `all`, `none`, or N for every N-th.
    #[arg(long, default_value = "none", value_parser = app_created)]
    app_created: AppCreated,
    /// Lets something go wrong: the next COUNT (1; `always`) requests to TARGET, a method or one of library, picker, media, oauth, *.
    #[arg(long = "fault", value_name = "NAME[@TARGET][:COUNT]", value_parser = fault)]
    faults: Vec<ArmedFault>,
    /// Makes the item at this place (0 is the newest) spoil every batchGet.
    #[arg(long, value_name = "PLACE")]
    poison: Vec<u64>,
    /// What the person at the consent screen does.
    #[arg(long, value_enum, default_value_t = Person::Agree)]
    person: Person,
    /// Picks the newest COUNT items in the Picker.
    #[arg(long, value_name = "COUNT", default_value_t = 25)]
    pick: u64,
    /// Picks after so many polls instead of when the page is opened.
    #[arg(long, value_name = "POLLS", conflicts_with = "pick_never")]
    pick_after: Option<u64>,
    /// Never picks: the person closes the tab.
    #[arg(long)]
    pick_never: bool,
    /// Pages are short, empty, repeat an item, and end in `{}`.
    #[arg(long)]
    page_quirks: bool,
    /// Library requests a day before the daily 429.
    #[arg(long, default_value_t = 10_000)]
    daily_quota: u64,
    /// Milliseconds an answer under the fault `slow` takes.
    #[arg(long, value_name = "MS", default_value_t = 2000)]
    slow: u64,
    /// Writes the client secret file that a program signs in with.
    #[arg(long, value_name = "FILE")]
    client_secret: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Years {
    #[value(name = "2022")]
    Legacy,
    #[value(name = "2025")]
    Since,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Person {
    /// Agrees at once.
    Agree,
    /// Refuses.
    Deny,
    /// Another state comes back than the program sent.
    WrongState,
    /// Google shows an error page and never comes back.
    Never,
    /// Whoever looks at the page decides.
    Ask,
}

/// A fault of the command line: what, where, how often.
#[derive(Debug, Clone)]
struct ArmedFault {
    fault: Fault,
    target: String,
    count: u64,
}

fn after_help() -> String {
    let names: Vec<&str> = Fault::all().map(Fault::name).collect();
    format!("Faults: {}", names.join(", "))
}

fn app_created(text: &str) -> Result<AppCreated, String> {
    match text {
        "none" => Ok(AppCreated::None),
        "all" => Ok(AppCreated::All),
        _ => text.parse().map(AppCreated::EveryNth).map_err(|_| "`all`, `none` or a number".to_owned()),
    }
}

fn fault(text: &str) -> Result<ArmedFault, String> {
    let (rest, count) = text.split_once(':').unwrap_or((text, "1"));
    let count = if count == "always" { u64::MAX } else { count.parse().map_err(|_| format!("`{count}` is no number of times"))? };
    let (name, target) = rest.split_once('@').map_or((rest, None), |(name, target)| (name, Some(target)));
    let fault: Fault = name.parse()?;
    Ok(ArmedFault { fault, target: target.unwrap_or(fault.usual_target()).to_owned(), count })
}

impl Arguments {
    fn options(&self) -> Options {
        Options {
            era: match self.era {
                Years::Legacy => Era::Legacy2022,
                Years::Since => Era::Since2025,
            },
            items: self.items,
            seed: self.seed,
            port: self.port,
            app_created: self.app_created,
            page_quirks: if self.page_quirks { PageQuirks::ALL } else { PageQuirks::NONE },
            consent: match self.person {
                Person::Agree => Consent::Agrees,
                Person::Deny => Consent::Denies,
                Person::WrongState => Consent::WrongState,
                Person::Never => Consent::NeverRedirects,
                Person::Ask => Consent::Asks,
            },
            picking: match self.pick_after {
                _ if self.pick_never => Picking::ClosesTab,
                Some(polls) => Picking::AfterPolls { polls, count: self.pick },
                None => Picking::OnOpen { count: self.pick },
            },
            daily_quota: self.daily_quota,
            slow: Duration::from_millis(self.slow),
            ..Options::default()
        }
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(never) => match never {},
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "this is the program's face")]
            {
                eprintln!("error: {error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> std::io::Result<std::convert::Infallible> {
    let simulator = Simulator::start(arguments.options())?;
    for ArmedFault { fault, target, count } in &arguments.faults {
        simulator.fail(*fault, target, *count);
    }
    for place in &arguments.poison {
        simulator.poison(&simulator.item_id(*place));
    }
    if let Some(file) = &arguments.client_secret {
        #[expect(clippy::disallowed_methods, reason = "a file that the caller names and asks for")]
        std::fs::write(file, simulator.client_secret_json())?;
    }
    #[expect(clippy::print_stdout, reason = "this is the program's face")]
    {
        println!("auth       {}", simulator.auth_url());
        println!("token      {}", simulator.token_url());
        println!("revoke     {}", simulator.revoke_url());
        println!("library    {}", simulator.library_url());
        println!("picker     {}", simulator.picker_url());
        println!("media      {}", simulator.media_url());
        println!("discovery  {}", simulator.discovery_url());
    }
    loop {
        std::thread::park();
    }
}
