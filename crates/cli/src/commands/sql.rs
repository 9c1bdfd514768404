//! `lookalike sql "SELECT …"`.

use super::{World, stop_on_ctrl_c};
use crate::args::SqlArgs;
use crate::failure::{Failure, Result};
use crate::printer::Out;
use crate::words::safe;
use comfy_table::{Table as Drawn, presets};
use pipeline::{Cell, Table, unformula};
use serde_json::{Map, Value};
use std::cell::RefCell;
use std::io::{Read as _, Write as _};

/// Longest statement read from standard input. Bytes.
const STATEMENT_MAX_BYTES: u64 = 1 << 20;
/// Most rows laid out as one table; more are laid out in further tables, so that memory stays small.
const TABLE_ROWS_MAX: usize = 1000;

pub(crate) fn run(world: &World, args: SqlArgs) -> Result<()> {
    let catalog = world.catalog_to_read()?;
    if let Some(name) = &args.source {
        let source = catalog.source_named(name).map_err(pipeline::Error::from)?;
        catalog.show_photos_of(source.id).map_err(pipeline::Error::from)?;
    }
    let stop = stop_on_ctrl_c();
    let asked = stop.clone();
    catalog.stop_when(move || asked.asked()).map_err(pipeline::Error::from)?;
    let statement = if args.statement == "-" { from_stdin()? } else { args.statement.clone() };
    let writer = RefCell::new(Writer::new(&args));
    let mut failed = None;
    let answered = catalog.ask(
        &statement,
        |table: &Table| writer.borrow_mut().columns(table),
        |row| match writer.borrow_mut().row(row) {
            Ok(()) => true,
            Err(error) => {
                failed = Some(error);
                false
            }
        },
    );
    if stop.asked() {
        return Err(pipeline::Error::Interrupted.into());
    }
    answered.map_err(pipeline::Error::from)?;
    failed.map_or(Ok(()), Err)?;
    writer.into_inner().end()
}

fn from_stdin() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().take(STATEMENT_MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > STATEMENT_MAX_BYTES {
        return Err(Failure::usage("the statement is longer than 1 MiB", "ask a shorter question"));
    }
    Ok(text)
}

/// Forms of an answer.
enum Form {
    Table(Box<Drawn>, usize),
    Csv,
    Json { first: bool },
    Ids { column: usize },
}

/// Writes an answer row by row.
struct Writer {
    out: Out,
    form: Form,
    columns: Vec<String>,
}

impl Writer {
    fn new(args: &SqlArgs) -> Self {
        let form = if args.csv {
            Form::Csv
        } else if args.json {
            Form::Json { first: true }
        } else if args.ids {
            Form::Ids { column: 0 }
        } else {
            Form::Table(Box::new(Drawn::new()), 0)
        };
        Self { out: Out::new(), form, columns: Vec::new() }
    }

    fn columns(&mut self, table: &Table) {
        self.columns.clone_from(&table.columns);
        if let Form::Ids { column } = &mut self.form {
            *column = self.columns.iter().position(|name| name == "id").unwrap_or(0);
        }
    }

    fn row(&mut self, row: &[Cell]) -> Result<()> {
        match &mut self.form {
            Form::Table(drawn, rows) => {
                if *rows == 0 {
                    **drawn = Drawn::new();
                    drawn.load_style(presets::UTF8_HORIZONTAL_ONLY).set_header(self.columns.iter().map(|name| safe(name).into_owned()));
                }
                drawn.add_row(row.iter().map(|cell| safe(&text(cell)).into_owned()));
                *rows += 1;
                if *rows == TABLE_ROWS_MAX {
                    self.out.line(drawn.to_string())?;
                    *rows = 0;
                }
            }
            Form::Csv => {
                self.csv_header()?;
                write_csv(&mut self.out, row.iter().map(|cell| if let Cell::Text(text) = cell { unformula(text) } else { text(cell) }))?;
            }
            Form::Json { first } => {
                self.out.write_all(if *first { b"[\n" } else { b",\n" })?;
                *first = false;
                let object: Map<String, Value> = self.columns.iter().cloned().zip(row.iter().map(value)).collect();
                serde_json::to_writer(&mut self.out, &object)?;
            }
            Form::Ids { column } => {
                let id = row.get(*column).map(text).unwrap_or_default();
                self.out.line(safe(&id))?;
            }
        }
        Ok(())
    }

    /// Writes the header before the first row.
    fn csv_header(&mut self) -> Result<()> {
        if !self.columns.is_empty() {
            let columns = std::mem::take(&mut self.columns);
            write_csv(&mut self.out, columns.into_iter())?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<()> {
        match &self.form {
            Form::Table(drawn, rows) if *rows > 0 => self.out.line(drawn.to_string())?,
            Form::Csv => self.csv_header()?,
            Form::Json { first: true } => self.out.line("[]")?,
            Form::Json { first: false } => self.out.line("\n]")?,
            _ => {}
        }
        self.out.flush()?;
        Ok(())
    }
}

fn write_csv(out: &mut Out, fields: impl Iterator<Item = String>) -> Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(fields.collect::<Vec<_>>()).map_err(std::io::Error::from)?;
    writer.flush()?;
    Ok(())
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Null => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Real(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::Blob(bytes) => hex(bytes),
    }
}

fn value(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(number) => (*number).into(),
        Cell::Real(number) => (*number).into(),
        Cell::Text(text) => text.clone().into(),
        Cell::Blob(bytes) => hex(bytes).into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
