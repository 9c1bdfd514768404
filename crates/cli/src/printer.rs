//! The only code that prints: answers to standard output, words to standard error.

use crate::failure::Failure;
use crate::words::safe;
use std::io::{self, BufWriter, IsTerminal as _, StdoutLock, Write};

/// Standard output, buffered; a closed pipe surfaces as an error that ends the program quietly.
pub(crate) struct Out(BufWriter<StdoutLock<'static>>);

impl Out {
    pub(crate) fn new() -> Self {
        Self(BufWriter::with_capacity(64 << 10, io::stdout().lock()))
    }

    /// Writes a line.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        self.0.write_all(text.as_ref().as_bytes())?;
        self.0.write_all(b"\n")
    }

    /// Writes a value as JSON and a line's end.
    pub(crate) fn json(&mut self, value: &impl serde::Serialize) -> Result<(), Failure> {
        serde_json::to_writer(&mut self.0, value)?;
        self.0.write_all(b"\n")?;
        Ok(())
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes words for the person to standard error; a failure to do so is no failure of the command.
pub(crate) fn say(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Tells why a command ended early.
pub(crate) fn complain(failure: &Failure) {
    if failure.is_interrupt() {
        say(&failure.to_string());
    } else {
        say(&format!("{} {}", strong("error:"), safe_lines(&failure.to_string())));
    }
    if let Some(hint) = failure.hint() {
        say(&format!("hint: {}", safe_lines(&hint)));
    }
}

fn safe_lines(text: &str) -> String {
    text.split('\n').map(safe).collect::<Vec<_>>().join("\n")
}

/// Returns text set strong where standard error is a terminal that may show it.
fn strong(text: &str) -> String {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) || !io::stderr().is_terminal();
    if plain { text.to_owned() } else { format!("\u{1b}[1;31m{text}\u{1b}[0m") }
}
