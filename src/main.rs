//! The front door: parse, choose a face, exit code.

fn main() {}
