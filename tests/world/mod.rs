//! A sealed world for the real program: environment cleared, home in a temporary folder, no clock or path of the machine in what it says.
#![allow(dead_code, unreachable_pub, clippy::disallowed_methods, clippy::print_stderr)] // each test file uses a part of it; it writes only below its own folder

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// What the person of the seed asked, word for word.
pub const SEED_QUESTION: &str = "SELECT *
FROM photos AS main
WHERE filename LIKE '________-____-____-____-____________.dng'
AND EXISTS(
    SELECT id from photos
    WHERE creation_time = main.creation_time
      AND camera_make = main.camera_make
      AND camera_model = main.camera_model
      AND id != main.id
)";

/// A temporary home with a folder of photos.
pub struct World {
    folder: TempDir,
}

/// What a run of the program came to.
pub struct Said {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl World {
    pub fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().expect("a folder") };
        std::fs::create_dir_all(world.path("photos")).expect("a folder");
        world
    }

    /// Draws the fixture tree below `photos`.
    pub fn with(tree: &str) -> Self {
        let world = Self::new();
        testkit::tree::build(tree, &world.path("photos")).expect("a tree");
        world
    }

    pub fn path(&self, name: &str) -> PathBuf {
        std::fs::canonicalize(self.folder.path()).expect("a real path").join(name)
    }

    pub fn catalog(&self) -> PathBuf {
        self.path("data/lookalike/catalog.sqlite")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lookalike"));
        command.args(arguments).env_clear().current_dir(self.path("")).stdin(Stdio::null());
        command.env("HOME", self.path("home")).env("XDG_DATA_HOME", self.path("data")).env("XDG_CONFIG_HOME", self.path("config"));
        command.env("PATH", "/nowhere");
        command
    }

    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    pub fn run(&self, arguments: &[&str]) -> Said {
        self.said(&self.command(arguments).output().expect("the program starts"))
    }

    /// Runs what must end well; returns what it wrote.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let said = self.run(arguments);
        assert_eq!(said.code, Some(0), "{arguments:?}: {}{}", said.out, said.err);
        said.out
    }

    /// Runs what must end well and answer in JSON.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.ok(arguments)).expect("JSON")
    }

    fn said(&self, output: &Output) -> Said {
        Said { code: output.status.code(), out: self.words(&output.stdout), err: self.words(&output.stderr) }
    }

    /// Returns what the program wrote, with this world's own folder and the time that passed taken out.
    pub fn words(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes).replace(&*self.path("").display().to_string(), "[WORLD]/");
        let mut words = String::new();
        for line in text.lines() {
            let line = match (line.find(" in "), line.starts_with("read ")) {
                (Some(at), true) => format!("{} in [TIME]{}", &line[..at], line.find(';').map_or("", |end| &line[end..])),
                _ => line.to_owned(),
            };
            words += line.trim_end();
            words.push('\n');
        }
        words
    }
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {:?}\n--- out\n{}--- err\n{}", self.code.unwrap_or(-1), self.out, self.err)
    }
}

/// Returns the shared folder of real photos, where it lies beside the checkout; says loudly that a test was left out where not.
pub fn shared(test: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if folder.is_dir() {
        return Some(std::fs::canonicalize(folder).expect("a real path"));
    }
    eprintln!("LEFT OUT: {test}: ../shared/data is not there");
    None
}
