//! Checks and measurements for those who build Lookalike.

fn main() {}
