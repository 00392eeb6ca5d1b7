//! `inspect`: what an operator reads before granting anything.

use job_board_cli::inspect::report;
use system_tests::{component, plugin};

#[test]
fn the_report_shows_imports_exports_size_hosts_and_settings() {
    let report = report(&component()).unwrap();
    let plugin = plugin();
    for wanted in [
        format!("{} bytes", plugin.size()),
        plugin.digest().to_owned(),
        "imports with functions (5)".to_owned(),
        "imports of types only (3)".to_owned(),
        "  hiring:job-board/http@0.1.0".to_owned(),
        "exports (4)".to_owned(),
        "  hiring:job-board/deliveries@0.1.0".to_owned(),
        "  partner.topcv.vn (required)".to_owned(),
        "  *.topcv.vn (optional)".to_owned(),
        "  secret-key (secret; recruiter, secret, required)".to_owned(),
        "  protocol (json; operator only)".to_owned(),
    ] {
        assert!(report.contains(&wanted), "no `{wanted}` in:\n{report}");
    }
    for host in &plugin.manifest().hosts {
        assert!(report.contains(&host.reason.vi) && report.contains(&host.reason.en));
    }
}
