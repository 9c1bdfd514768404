//! Places and the config file: the only code that reads the home directory and the environment.

use crate::failure::{Failure, Result};
use etcetera::base_strategy::{BaseStrategy, choose_base_strategy};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Largest config file read. Bytes.
const CONFIG_MAX_BYTES: u64 = 1 << 20;

/// Where things lie.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub(crate) config: PathBuf,
    pub(crate) catalog: PathBuf,
    /// Small pictures for the review; may be removed at any time.
    pub(crate) pictures: PathBuf,
    /// Journals of removals, and their lock.
    pub(crate) state: PathBuf,
    /// Client file and, without a keyring, the login at Google.
    pub(crate) google: PathBuf,
    /// Addresses in place of Google's: the Library's and OAuth's, and the Picker's.
    pub(crate) google_at: Option<(String, String)>,
}

/// What the config file may say.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// The catalog's path.
    pub(crate) catalog: Option<PathBuf>,
    /// Keep rules in order.
    pub(crate) keep: Option<String>,
    /// `raw` or `jpeg`.
    pub(crate) prefer: Option<String>,
    /// Globs to leave out of every scan.
    pub(crate) exclude: Vec<String>,
}

/// Returns the places by the platform's rules; `catalog` overrides.
pub(crate) fn places(catalog: Option<&Path>) -> Result<(Places, Config)> {
    let strategy = choose_base_strategy()
        .map_err(|_| Failure::usage("there is no home directory", "set HOME, or name the catalog with `--catalog PATH`"))?;
    let config_path = strategy.config_dir().join("lookalike").join("config.toml");
    let config = read(&config_path)?;
    let default = strategy.data_dir().join("lookalike").join("catalog.sqlite");
    let catalog = catalog.map(Path::to_owned).or_else(|| config.catalog.clone()).unwrap_or(default);
    let google = strategy.data_dir().join("lookalike").join("google");
    let pictures = strategy.cache_dir().join("lookalike").join("pictures");
    // Where a platform has no place for state, it lies with what is kept.
    let state = strategy.state_dir().unwrap_or_else(|| strategy.data_dir()).join("lookalike").join("removal");
    Ok((Places { config: config_path, catalog, pictures, state, google, google_at: google_at() }, config))
}

/// Returns what `LOOKALIKE_GOOGLE` says: `LIBRARY,PICKER`, or one address for both. For a simulator on this machine.
fn google_at() -> Option<(String, String)> {
    let text = std::env::var("LOOKALIKE_GOOGLE").ok().filter(|text| !text.trim().is_empty())?;
    let (library, picker) = text.split_once(',').unwrap_or((&text, &text));
    Some((library.trim().to_owned(), picker.trim().to_owned()))
}

fn read(path: &Path) -> Result<Config> {
    let wrong =
        |why: String| Failure::usage(format!("cannot read the config file `{}`: {why}", path.display()), "mend it, or move it away");
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.len() > CONFIG_MAX_BYTES => return Err(wrong("it is too large".to_owned())),
        Ok(_) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Config::default()),
        Err(error) => return Err(wrong(error.to_string())),
    }
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))
}

/// Names of the program ffmpeg.
pub(crate) const FFMPEG: &[&str] = &["ffmpeg", "ffmpeg.exe"];

/// Returns where a program lies, if it is on the path; folders that are not absolute are passed over.
pub(crate) fn find_tool(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    names.iter().find_map(|name| {
        std::env::split_paths(&path).filter(|folder| folder.is_absolute()).map(|folder| folder.join(name)).find(|file| file.is_file())
    })
}
