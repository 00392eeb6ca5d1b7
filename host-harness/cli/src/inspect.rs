//! `job-board inspect`: what a component is, before anything is granted to it.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use job_board_host::contract::connection::Manifest;
use job_board_host::contract::forms::{Audience, Setting};
use job_board_host::{EngineConfig, Plugin};

use crate::plugin_file;

/// The report that is printed: file, imports, exports, and the manifest with hosts, reasons and settings.
///
/// # Errors
/// When there is no such file, or it is no plugin of this contract.
pub fn report(file: &Path) -> Result<String> {
    let plugin = plugin_file::load(file, EngineConfig::default())?;
    let mut report = String::new();
    write_report(&mut report, file, &plugin)?;
    Ok(report)
}

fn write_report(out: &mut String, file: &Path, plugin: &Plugin) -> std::fmt::Result {
    writeln!(out, "{}", file.display())?;
    writeln!(out, "  size    {} bytes", plugin.size())?;
    writeln!(out, "  sha256  {}", plugin.digest())?;
    let (doors, types): (Vec<_>, Vec<_>) = plugin
        .imports()
        .iter()
        .partition(|name| has_functions(name));
    write_names(out, "imports with functions", &doors)?;
    write_names(out, "imports of types only", &types)?;
    write_names(out, "exports", &plugin.exports().iter().collect::<Vec<_>>())?;
    write_manifest(out, plugin.manifest())
}

/// What an operator grants is behind the functions; an interface of types is named by a component all the same and gives it nothing.
fn has_functions(import: &str) -> bool {
    const TYPES: [&str; 3] = ["types", "forms", "events"];
    let interface = import
        .strip_prefix("hiring:job-board/")
        .and_then(|rest| rest.split('@').next());
    !interface.is_some_and(|name| TYPES.contains(&name))
}

fn write_names(out: &mut String, heading: &str, names: &[&String]) -> std::fmt::Result {
    writeln!(out, "\n{heading} ({})", names.len())?;
    for name in names {
        writeln!(out, "  {name}")?;
    }
    Ok(())
}

fn write_manifest(out: &mut String, manifest: &Manifest) -> std::fmt::Result {
    writeln!(
        out,
        "\nplugin {} {} for {} ({})",
        manifest.id, manifest.version, manifest.board_name, manifest.board_site
    )?;
    writeln!(out, "  features: {}", manifest.features.join(", "))?;
    writeln!(out, "\nhosts that it asks for ({})", manifest.hosts.len())?;
    for host in &manifest.hosts {
        let need = if host.required {
            "required"
        } else {
            "optional"
        };
        writeln!(out, "  {} ({need})", host.pattern)?;
        writeln!(out, "    {}", host.reason.vi)?;
        writeln!(out, "    {}", host.reason.en)?;
    }
    writeln!(out, "\nsettings ({})", manifest.settings.len())?;
    for setting in &manifest.settings {
        write_setting(out, setting)?;
    }
    Ok(())
}

fn write_setting(out: &mut String, setting: &Setting) -> std::fmt::Result {
    let mut marks = vec![match setting.audience {
        Audience::Recruiter => "recruiter",
        Audience::Operator => "operator only",
    }];
    if setting.secret {
        marks.push("secret");
    }
    if setting.required {
        marks.push("required");
    }
    writeln!(
        out,
        "  {} ({}; {})",
        setting.id,
        setting.kind,
        marks.join(", ")
    )?;
    writeln!(out, "    {} / {}", setting.label.vi, setting.label.en)?;
    writeln!(out, "    {}", setting.help.vi)?;
    writeln!(out, "    {}", setting.help.en)
}
