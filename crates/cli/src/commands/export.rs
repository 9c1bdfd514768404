//! `lookalike export --csv|--json`.

use super::World;
use crate::args::ExportArgs;
use crate::failure::Result;
use crate::printer::Out;
use std::io::Write as _;

pub(crate) fn run(world: &World, args: ExportArgs) -> Result<()> {
    let catalog = world.catalog_to_read()?;
    let mut out = Out::new();
    if args.csv {
        pipeline::export_csv(&catalog, &mut out)?;
    } else {
        pipeline::export_json(&catalog, &mut out)?;
    }
    out.flush()?;
    Ok(())
}
