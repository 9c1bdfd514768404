//! What the figures were measured on: processor, memory, system, date and versions. Asks the kernel's own text files; what is not told is
//! said to be unknown.

use std::process::Command;

/// The machine and the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Machine {
    processor: String,
    cores: usize,
    memory: String,
    system: String,
    compiler: String,
    revision: String,
    date: String,
}

impl Machine {
    /// Looks at the machine this runs on.
    pub(crate) fn here() -> Self {
        let file = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let unknown = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_owned());
        let kibibytes = field(&file("/proc/meminfo"), "MemTotal").and_then(|text| text.trim_end_matches(" kB").parse::<f64>().ok());
        let system = file("/etc/os-release");
        let system = system.lines().find_map(|line| line.strip_prefix("PRETTY_NAME=")).map(|name| name.trim_matches('"').to_owned());
        let kernel = file("/proc/sys/kernel/osrelease");
        Self {
            processor: unknown(field(&file("/proc/cpuinfo"), "model name")),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory: unknown(kibibytes.map(|kibibytes| format!("{:.0} GiB", kibibytes / (1 << 20) as f64))),
            system: format!("{}, kernel {}", system.unwrap_or_else(|| std::env::consts::OS.to_owned()), kernel.trim()),
            compiler: unknown(answer("rustc", &["--version"])),
            revision: unknown(answer("git", &["describe", "--always", "--dirty"])),
            date: jiff::Timestamp::now().strftime("%Y-%m-%d").to_string(),
        }
    }

    /// Returns the lines of a Markdown list.
    pub(crate) fn lines(&self) -> String {
        format!(
            "- machine: {}, {} cores, {} of memory\n- system: {}\n- date: {}; lookalike at {}; {}\n",
            self.processor, self.cores, self.memory, self.system, self.date, self.revision, self.compiler
        )
    }
}

/// Returns the first line that a program answers; `None` where it is not there or fails.
pub(crate) fn answer(program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Option<String> {
    let output = Command::new(program).args(args).current_dir(crate::root()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.lines().next().map(str::to_owned))?
}

/// Returns the value of `name : value`, the first of that name.
fn field(text: &str, name: &str) -> Option<String> {
    let values = text.lines().filter_map(|line| line.split_once(':'));
    values.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned()).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_text_is_understood() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nmodel name\t: Other\n";
        assert_eq!(field(text, "model name").as_deref(), Some("Some CPU @ 2 GHz"));
        assert_eq!(field(text, "flags"), None);
        assert!(Machine::here().cores > 0);
    }
}
