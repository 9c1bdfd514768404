//! The program under measurement, run as a person runs it: a catalog of its own, no config file, answers in JSON.

use super::Result;
use serde_json::{Map, Value};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The built program and the catalog it is to use.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    pub(crate) catalog: PathBuf,
}

/// Returns `given`, or builds the program as it is released and returns where it lies.
pub(crate) fn built(given: Option<&Path>) -> Result<PathBuf> {
    if let Some(path) = given {
        return Ok(std::path::absolute(path)?);
    }
    super::say("building lookalike (release)");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--release", "--package", "lookalike", "--message-format=json"]).current_dir(crate::root());
    let output = command.stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("lookalike cannot be built".into());
    }
    let executable = |line: &str| {
        let message: Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message.get("executable")?.as_str()?))
    };
    let text = String::from_utf8(output.stdout)?;
    text.lines().filter_map(executable).next_back().ok_or_else(|| "cargo names no program".into())
}

impl Program {
    /// Returns the command, ready for its own arguments.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        let home = self.catalog.with_extension("home");
        command.arg("--quiet").env("LOOKALIKE_CATALOG", &self.catalog);
        for place in ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"] {
            command.env(place, &home);
        }
        command
    }

    /// Scans folders or archives; returns the summary.
    pub(crate) fn scan(&self, paths: &[PathBuf]) -> Result<Value> {
        let mut args: Vec<&OsStr> = vec!["scan".as_ref(), "--json".as_ref()];
        args.extend(paths.iter().map(|path| path.as_os_str()));
        self.json(&args)
    }

    /// Returns the groups with those opt-in relations.
    pub(crate) fn groups(&self, with: &[String]) -> Result<Value> {
        let joined = with.join(",");
        let mut args = vec!["groups", "--json"];
        if !with.is_empty() {
            args.extend(["--with", &joined]);
        }
        self.json(&args)
    }

    /// Asks the catalog; returns one map a row.
    pub(crate) fn ask(&self, statement: &str) -> Result<Vec<Map<String, Value>>> {
        let told = self.json(&["sql", "--json", statement])?;
        Ok(serde_json::from_value(told)?)
    }

    fn json<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Value> {
        let output = self.command().args(args).output()?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() {
            let name = args.first().map(|arg| arg.as_ref().to_string_lossy().into_owned()).unwrap_or_default();
            return Err(format!("lookalike {name}: {}", said.trim()).into());
        }
        Ok(serde_json::from_slice(&output.stdout)?)
    }
}
