//! `cargo xtask check-deps`: who may import whom, and that the contract and the runtime name no board.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use cargo_metadata::{Metadata, MetadataCommand};

/// What a member may depend on, in any way: normal, development or build dependency.
enum Sees {
    Only(&'static [&'static str]),
    Everything,
}

/// Every member stands here, so that a new one is a decision.
const RULES: [(&str, Sees); 9] = [
    ("topcv-plugin", Sees::Only(&[])),
    ("topcv-simulator", Sees::Only(&[])),
    ("job-board-host", Sees::Only(&[])),
    ("job-board-test-guest", Sees::Only(&[])),
    ("job-board-demo", Sees::Only(&["job-board-host"])),
    ("job-board-conformance", Sees::Only(&["job-board-host"])),
    (
        "job-board-cli",
        Sees::Only(&[
            "job-board-host",
            "job-board-conformance",
            "job-board-demo",
            "topcv-simulator",
        ]),
    ),
    ("system-tests", Sees::Everything),
    ("xtask", Sees::Everything),
];

/// What nothing may depend on.
const UNSEEN: [&str; 2] = ["system-tests", "xtask"];

/// Folders that serve any board: a second board must fit without a change there.
const BOARDLESS: [&str; 3] = [
    "wit",
    "host-harness/runtime/src",
    "host-harness/conformance/src",
];

/// The board that they must not name.
const BOARD: &str = "topcv";

/// One member that depends on another.
struct Edge {
    from: String,
    to: String,
}

/// Fails with everything that is wrong.
pub(crate) fn run() -> Result<()> {
    let metadata = MetadataCommand::new()
        .no_deps()
        .exec()
        .context("`cargo metadata` failed; run this inside the project")?;
    let names: Vec<String> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.to_string())
        .collect();
    let edges = edges(&metadata, &names);
    let mut problems = unruled(&names);
    problems.extend(edges.iter().filter_map(forbidden));
    for folder in BOARDLESS {
        mentions(metadata.workspace_root.as_std_path(), folder, &mut problems)?;
    }
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    println!(
        "{} members, {} edges between them, all allowed",
        names.len(),
        edges.len()
    );
    Ok(())
}

fn edges(metadata: &Metadata, names: &[String]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for package in metadata.workspace_packages() {
        for dependency in &package.dependencies {
            if names.contains(&dependency.name) {
                edges.push(Edge {
                    from: package.name.to_string(),
                    to: dependency.name.clone(),
                });
            }
        }
    }
    edges
}

fn unruled(names: &[String]) -> Vec<String> {
    names
        .iter()
        .filter(|name| RULES.iter().all(|(member, _)| member != name))
        .map(|name| {
            format!("{name} is a new member: say in xtask/src/check_deps.rs what it may depend on")
        })
        .collect()
}

fn forbidden(edge: &Edge) -> Option<String> {
    let Edge { from, to } = edge;
    if UNSEEN.contains(&to.as_str()) {
        return Some(format!("{from} depends on {to}; nothing may"));
    }
    let (_, sees) = RULES.iter().find(|(member, _)| member == from)?;
    match sees {
        Sees::Everything => None,
        Sees::Only(allowed) if allowed.contains(&to.as_str()) => None,
        Sees::Only([]) => Some(format!(
            "{from} depends on {to}; it may depend on no member"
        )),
        Sees::Only(allowed) => Some(format!(
            "{from} depends on {to}; it may depend on {} only",
            allowed.join(", ")
        )),
    }
}

/// Adds each line below `folder` that names the board.
fn mentions(root: &Path, folder: &str, problems: &mut Vec<String>) -> Result<()> {
    let path = root.join(folder);
    let entries = fs::read_dir(&path).with_context(|| format!("cannot read {}", path.display()))?;
    for entry in entries {
        let entry = entry?;
        let place = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            mentions(root, &place, problems)?;
            continue;
        }
        let bytes = fs::read(entry.path()).with_context(|| format!("cannot read {place}"))?;
        problems.extend(
            lines_with_board(&String::from_utf8_lossy(&bytes))
                .map(|line| format!("{place}:{line} names {BOARD}; this folder serves any board")),
        );
    }
    Ok(())
}

fn lines_with_board(text: &str) -> impl Iterator<Item = usize> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.to_lowercase().contains(BOARD))
        .map(|(index, _)| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(from: &str, to: &str) -> Option<String> {
        forbidden(&Edge {
            from: from.to_owned(),
            to: to.to_owned(),
        })
    }

    #[test]
    fn the_edges_of_the_architecture_are_allowed() {
        for (from, to) in [
            ("job-board-demo", "job-board-host"),
            ("job-board-cli", "job-board-host"),
            ("job-board-cli", "job-board-demo"),
            ("job-board-cli", "job-board-conformance"),
            ("job-board-conformance", "job-board-host"),
            ("job-board-cli", "topcv-simulator"),
            ("system-tests", "topcv-plugin"),
            ("xtask", "job-board-cli"),
        ] {
            assert_eq!(judged(from, to), None, "{from} -> {to}");
        }
    }

    #[test]
    fn any_other_edge_is_refused_and_named() {
        for (from, to) in [
            ("topcv-plugin", "job-board-host"),
            ("topcv-simulator", "topcv-plugin"),
            ("job-board-host", "topcv-plugin"),
            ("job-board-host", "job-board-demo"),
            ("job-board-conformance", "job-board-demo"),
            ("job-board-demo", "topcv-simulator"),
            ("job-board-demo", "topcv-plugin"),
            ("job-board-cli", "topcv-plugin"),
            ("job-board-cli", "system-tests"),
            ("system-tests", "xtask"),
        ] {
            let problem = judged(from, to).unwrap_or_default();
            assert!(
                problem.starts_with(&format!("{from} depends on {to};")),
                "{from} -> {to}: {problem:?}"
            );
        }
    }

    #[test]
    fn a_member_without_a_rule_is_a_problem() {
        let names = ["xtask".to_owned(), "newcomer".to_owned()];
        let problems = unruled(&names);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].starts_with("newcomer is a new member"));
    }

    #[test]
    fn the_board_is_found_in_any_case() {
        let text = "first\n// Topcv here\nlast\nTOPCV";
        assert_eq!(lines_with_board(text).collect::<Vec<_>>(), [2, 4]);
    }
}
