//! Which rows of `docs/conformance/*.md` are shown, and by whom they claim to be.
//!
//! A test claims rows in a comment: the word `Shows:`, then row IDs with commas between them, each
//! with a remark in parentheses if need be, then a full stop. The list goes on in the next comment
//! line after a comma or inside parentheses. Pages in `docs/` make the same claim in plain text, for
//! documentation rows alone.
//!
//! The run fails if a table cannot be read or a claim is wrong; rows that nobody shows are listed.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[path = "conformance/claims.rs"]
mod claims;
#[path = "conformance/self_check.rs"]
mod self_check;
#[path = "conformance/tables.rs"]
mod tables;

use claims::{Claim, claims_in, comment};
use tables::{Row, Table};

fn main() -> ExitCode {
    if std::env::args().any(|arg| arg == "--list") {
        println!("conformance: test");
        return ExitCode::SUCCESS;
    }
    self_check::run();

    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace is one folder up");
    let mut problems = Vec::new();
    let tables: Vec<Table> = files(&root.join("docs/conformance"), "md")
        .iter()
        .map(|path| Table::parse(name(root, path), &read(path), &mut problems))
        .collect();
    let mut claims = Vec::new();
    for path in sources(root) {
        let text = read(&path);
        claims.extend(claims_in(
            &name(root, &path),
            text.lines().map(comment),
            false,
            &mut problems,
        ));
    }
    for path in files(&root.join("docs"), "md") {
        let text = read(&path);
        claims.extend(claims_in(
            &name(root, &path),
            text.lines().map(Some),
            true,
            &mut problems,
        ));
    }

    let rows = index(&tables, &mut problems);
    let shown = check(&rows, &claims, &mut problems);
    for table in &tables {
        print_table(table, &shown);
    }
    print_syntax(&tables, &shown);

    for problem in &problems {
        eprintln!("error: {problem}");
    }
    let parts: Vec<String> = tables
        .iter()
        .map(|table| format!("{} {}", table.title(), tally(&table.rows, &shown)))
        .collect();
    let (shown, rows, problems) = (shown.len(), rows.len(), problems.len());
    println!(
        "conformance: {shown} of {rows} rows shown ({}); {problems} problems",
        parts.join(", ")
    );
    if problems == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

// ---- check ----

fn index<'a>(tables: &'a [Table], problems: &mut Vec<String>) -> BTreeMap<&'a str, &'a Row> {
    let mut rows: BTreeMap<&str, &Row> = BTreeMap::new();
    for row in tables.iter().flat_map(|table| &table.rows) {
        if let Some(first) = rows.get(row.id.as_str()) {
            problems.push(format!(
                "{}: {} is a row already, at {}",
                row.place, row.id, first.place
            ));
        } else {
            rows.insert(&row.id, row);
        }
    }
    rows
}

fn check<'a>(
    rows: &BTreeMap<&'a str, &'a Row>,
    claims: &[Claim],
    problems: &mut Vec<String>,
) -> BTreeSet<&'a str> {
    let mut shown = BTreeSet::new();
    for Claim { id, place, in_docs } in claims {
        match rows.get(id.as_str()) {
            None => problems.push(format!("{place}: {id} is in no table")),
            Some(row) if *in_docs && !row.documentation => {
                problems.push(format!(
                    "{place}: {id} wants a test, it is not a documentation row"
                ));
            }
            Some(row) => {
                shown.insert(row.id.as_str());
            }
        }
    }
    shown
}

// ---- report ----

fn print_table(table: &Table, shown: &BTreeSet<&str>) {
    let mut crates: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &table.rows {
        for name in &row.crates {
            crates.entry(name).or_default().push(row);
        }
    }
    println!("\n{}: {} rows shown", table.file, tally(&table.rows, shown));
    for (name, rows) in crates {
        println!("  {name}: {}", tally(rows.iter().copied(), shown));
        let open: Vec<&Row> = rows
            .into_iter()
            .filter(|row| !shown.contains(row.id.as_str()))
            .collect();
        print_ids("not shown", &open);
    }
}

/// What the wire codec alone can show, or most of it.
fn print_syntax(tables: &[Table], shown: &BTreeSet<&str>) {
    let group = |title: &str, belongs: &dyn Fn(&Row) -> bool| {
        let table = tables.iter().find(|table| table.title() == "transport");
        let rows: Vec<&Row> = table
            .iter()
            .flat_map(|table| &table.rows)
            .filter(|row| belongs(row))
            .collect();
        println!("  {title}: {}", tally(rows.iter().copied(), shown));
        let (done, open): (Vec<&Row>, Vec<&Row>) =
            rows.into_iter().partition(|row| shown.contains(row.id.as_str()));
        print_ids("shown", &done);
        print_ids("not shown", &open);
    };
    println!("\nSyntax and framing, in docs/conformance/transport.md:");
    group("Part 1, who = parser", &|row| {
        row.part == "1" && row.who.iter().any(|who| who == "parser")
    });
    for section in ["1.2", "1.5", "1.14"] {
        group(&format!("section {section}"), &|row| row.section == section);
    }
    println!();
}

/// Wrapped, and with what an ID shares with the one before left out: `MSRP-9-01,02,05 MSRP-9.1-01`.
fn print_ids(label: &str, rows: &[&Row]) {
    let mut line = format!("    {label}:");
    let mut stem = "";
    for row in rows {
        let (family, number) = row.id.rsplit_once('-').expect("an ID has three parts");
        let short = if family == stem {
            format!(",{number}")
        } else {
            format!(" {}", row.id)
        };
        if line.len() + short.len() <= 110 {
            line.push_str(&short);
        } else {
            println!("{line}");
            line = format!("      {}", row.id);
        }
        stem = family;
    }
    if !rows.is_empty() {
        println!("{line}");
    }
}

fn tally<'a>(rows: impl IntoIterator<Item = &'a Row>, shown: &BTreeSet<&str>) -> String {
    let (mut done, mut all) = (0, 0);
    for row in rows {
        all += 1;
        done += usize::from(shown.contains(row.id.as_str()));
    }
    format!("{done} of {all}")
}

// ---- files ----

/// Every Rust file of the repository, whatever crate it is in, but nothing that a build made.
fn sources(dir: &Path) -> Vec<PathBuf> {
    let mut found = files(dir, "rs");
    for folder in entries(dir).into_iter().filter(|path| path.is_dir()) {
        let hidden = folder
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
        if !hidden && !folder.join("CACHEDIR.TAG").exists() {
            found.extend(sources(&folder));
        }
    }
    found
}

fn files(dir: &Path, extension: &str) -> Vec<PathBuf> {
    let wanted = |path: &PathBuf| path.is_file() && path.extension() == Some(OsStr::new(extension));
    entries(dir).into_iter().filter(wanted).collect()
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let list = fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<PathBuf> = list
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    paths.sort();
    paths
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
