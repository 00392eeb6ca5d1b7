//! `cargo xtask chaos`: thousands of deliveries while the platform is killed again and again, and an audit from outside.

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;
use system_tests::chaos::{Aftermath, Break, Options, play};

/// Sends deliveries to the platform while it is killed again and again, then compares its database with what was really sent.
#[derive(Parser)]
struct Arguments {
    /// At least so many deliveries
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    deliveries: usize,
    /// So many times the platform is killed with SIGKILL while deliveries are under way
    #[arg(long, value_name = "K", default_value_t = 50)]
    kills: usize,
    /// What is sent, and when trouble comes, is drawn from it (default: another one each time; it is printed)
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Compare a copy of the database in which this was broken on purpose: the audit must find it
    #[arg(long = "break", value_name = "WHAT")]
    broken: Option<Break>,
}

/// Of each kind of finding so many are shown.
const MOST_SHOWN: usize = 20;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let options = Options {
        deliveries: arguments.deliveries,
        kills: arguments.kills,
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(0..1 << 32)),
    };
    println!("seed {}", options.seed);
    let aftermath = play(options).await?;
    report(&aftermath, arguments.broken).await
}

async fn report(aftermath: &Aftermath, broken: Option<Break>) -> Result<ExitCode> {
    let findings = match broken {
        None => aftermath.audit().await?,
        Some(how) => aftermath.audit_broken(how).await?,
    };
    for (kind, list) in [
        ("lost", &findings.lost),
        ("doubled", &findings.doubled),
        ("forged", &findings.forged),
    ] {
        for line in list.iter().take(MOST_SHOWN) {
            println!("{kind}: {line}");
        }
    }
    let summary = aftermath.summary;
    println!(
        "requests {}, answered 5xx {}, {:.0} s",
        summary.attempts,
        summary.answered_5xx,
        summary.took.as_secs_f64()
    );
    println!(
        "deliveries {} kills {} lost {} doubled {} forged-accepted {}",
        summary.deliveries,
        summary.kills,
        findings.lost.len(),
        findings.doubled.len(),
        findings.forged.len()
    );
    Ok(if findings.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
