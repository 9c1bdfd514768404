//! Draws the tree that standard input describes, in the grammar of `testkit::tree`, below a folder.

use std::error::Error;
use std::io::Read;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, folder] = arguments.as_slice() else { return Err("give a folder, and the tree on standard input".into()) };
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    testkit::tree::build(&text, Path::new(folder))?;
    Ok(())
}
