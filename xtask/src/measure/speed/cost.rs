//! What one run of a program costs, as the kernel counts it.

use super::super::Result;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

/// What a run cost, the processes it waited for among it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// On the clock.
    pub(super) wall: Duration,
    /// User and system.
    pub(super) cpu: Duration,
    /// Most resident memory.
    pub(super) peak_bytes: u64,
}

impl Cost {
    /// Returns the median of each figure by itself; of an even number the lower one.
    pub(super) fn median(costs: &[Self]) -> Self {
        fn middle<T: Ord + Copy + Default>(mut values: Vec<T>) -> T {
            values.sort_unstable();
            values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or_default()
        }
        Self {
            wall: middle(costs.iter().map(|cost| cost.wall).collect()),
            cpu: middle(costs.iter().map(|cost| cost.cpu).collect()),
            peak_bytes: middle(costs.iter().map(|cost| cost.peak_bytes).collect()),
        }
    }

    pub(super) fn wall_s(self) -> f64 {
        self.wall.as_secs_f64()
    }

    pub(super) fn cpu_ms(self) -> f64 {
        self.cpu.as_secs_f64() * 1e3
    }

    /// Returns the peak in megabytes (10⁶ bytes).
    pub(super) fn peak_mb(self) -> f64 {
        self.peak_bytes as f64 / 1e6
    }
}

/// Runs a program to its end; what it prints is thrown away.
pub(super) fn run(command: &mut Command) -> Result<Cost> {
    let name = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let mut child = command.spawn().map_err(|error| format!("cannot run `{name}`: {error}"))?;
    let used = child.wait4()?;
    let wall = start.elapsed();
    if !used.status.success() {
        return Err(format!("`{name}` failed: {}; it was run as {command:?}", used.status).into());
    }
    Ok(Cost { wall, cpu: used.rusage.utime + used.rusage.stime, peak_bytes: used.rusage.maxrss })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_figure_has_its_own_median() {
        let cost = |wall, cpu, peak_bytes| Cost { wall: Duration::from_secs(wall), cpu: Duration::from_secs(cpu), peak_bytes };
        assert_eq!(Cost::median(&[cost(1, 9, 5), cost(3, 7, 6), cost(2, 8, 4)]), cost(2, 8, 5));
        assert_eq!(Cost::median(&[cost(4, 4, 4), cost(2, 2, 2)]), cost(2, 2, 2));
        assert_eq!(Cost::median(&[]), Cost::default());
    }

    #[test]
    fn a_run_is_counted_and_a_failure_is_told() {
        let cargo = std::env::var_os("CARGO").expect("tests run under cargo");
        let cost = run(Command::new(&cargo).arg("--version")).unwrap();
        assert!(cost.wall > Duration::ZERO && cost.peak_bytes > 100_000, "{cost:?}");
        assert!(run(Command::new(&cargo).arg("no-such-command")).is_err());
        assert!(run(&mut Command::new("/no/such/program")).unwrap_err().to_string().contains("/no/such/program"));
    }
}
