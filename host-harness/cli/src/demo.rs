//! `job-board demo`: the simulated board and the platform, for a person to play with.

use std::fmt::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use job_board_demo::{Credential, Demo, DemoConfig, Role};
use topcv_simulator::{Simulator, SimulatorConfig};

use crate::progress;
use crate::walk::{Board, Employer, platform_config};

/// The same addresses at every start, where nobody else uses them, so that what was copied once still fits.
const PLATFORM_PORT: u16 = 8470;
const SIMULATOR_PORT: u16 = 8480;

/// Serves both sides until Ctrl-C. Without `data_dir` the platform's data is gone afterwards; the simulator's always is.
///
/// # Errors
/// When one of the two does not start.
pub async fn run(plugin: &Path, data_dir: Option<PathBuf>) -> Result<()> {
    let shown = progress::spinner("starting the simulated board and the platform");
    let simulator = Simulator::start(SimulatorConfig {
        bind: preferred(SIMULATOR_PORT),
        start_ms: None,
    })
    .await
    .context("the simulator does not start")?;
    let (folder, temporary) = match data_dir {
        Some(folder) => (folder, None),
        None => {
            let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
            (folder.path().to_owned(), Some(folder))
        }
    };
    let config = DemoConfig {
        bind: preferred(PLATFORM_PORT),
        ..platform_config(&folder, plugin, &simulator.url())
    };
    let platform = Demo::start(config).await.with_context(|| {
        format!(
            "the platform does not start with its data in {}",
            folder.display()
        )
    })?;
    let employer = Board::new(&simulator.url())?
        .employer("Công ty Cổ phần Minh An")
        .await?;
    shown.finish_and_clear();

    let kept = temporary.is_none().then_some(folder.as_path());
    print!("{}", welcome(&platform, &simulator, &employer, kept)?);
    tokio::signal::ctrl_c()
        .await
        .context("cannot wait for Ctrl-C")?;
    println!("\nstopping");
    platform.stop().await;
    simulator.stop().await;
    Ok(())
}

/// This port of loopback when it is free, else any.
fn preferred(port: u16) -> SocketAddr {
    let wanted = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match TcpListener::bind(wanted) {
        Ok(_) => wanted,
        Err(_) => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
    }
}

fn welcome(
    platform: &Demo,
    simulator: &Simulator,
    employer: &Employer,
    kept: Option<&Path>,
) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "hiring platform  {0}/  (its API: {0}/api)",
        platform.url()
    )?;
    writeln!(text, "simulated TopCV  {}/control", simulator.url())?;
    match kept {
        Some(folder) => writeln!(text, "platform's data  {} (kept)", folder.display())?,
        None => writeln!(
            text,
            "platform's data  gone at the end; keep it with --data-dir"
        )?,
    }
    writeln!(text, "\nlog-ins")?;
    for credential in platform.credentials() {
        let password = credential.password.as_deref();
        writeln!(
            text,
            "  {:<8} {:<24} {}",
            credential.login,
            password.unwrap_or("(password of the first start)"),
            part_of(credential.role)
        )?;
    }
    writeln!(text, "\nthe employer's account at the simulated TopCV")?;
    writeln!(text, "  Access Token  {}", employer.access_token)?;
    writeln!(text, "  Secret Key    {}", employer.secret_key)?;
    write_commands(&mut text, platform, simulator, employer)?;
    Ok(text)
}

fn part_of(role: Role) -> &'static str {
    match role {
        Role::Recruiter => "recruiter, owns the jobs",
        Role::Administrator => "administrator, sets up connections",
        Role::Operator => "operator, runs the platform",
    }
}

/// The story by hand. The tokens are of sessions that this start began.
fn write_commands(
    text: &mut String,
    platform: &Demo,
    simulator: &Simulator,
    employer: &Employer,
) -> Result<()> {
    let token = |role: Role| -> Result<&str> {
        let mut all = platform.credentials().iter();
        let found: &Credential = all
            .find(|credential| credential.role == role)
            .context("a role has nobody")?;
        Ok(&found.token)
    };
    writeln!(
        text,
        r#"
what to try, with curl and jq, in this order
  P={platform}; B={simulator}; J='Content-Type: application/json'
  admin() {{ curl -s -H 'Authorization: Bearer {admin}' -H "$J" "$@"; }}
  lan() {{ curl -s -H 'Authorization: Bearer {owner}' -H "$J" "$@"; }}
  # the administrator enters the credentials: Đã cấu hình
  admin -X PUT $P/api/connections/1/settings -d '{{"settings":{{"access-token":"{access}","secret-key":"{secret}"}}}}' | jq .label
  # the employer pastes the webhook URL at TopCV
  curl -s -X PATCH $B/control/employers/{employer} -d "$(admin $P/api/connections/1 | jq '{{webhook_url}}')" | jq .webhook_url
  # the recruiter publishes a job, its form filled in as far as possible
  lan $P/api/jobs/1/form -d '{{"connection":1}}' | jq '{{missing, problems}}'
  V=$(lan $P/api/jobs/1/form -d '{{"connection":1}}' | jq '[.fields[] | select(.value != null) | {{(.id): .value}}] | add')
  T=$(lan $P/api/jobs/1/postings -d "{{\"connection\":1,\"values\":$V}}" | jq -r .board_posting)
  # TopCV approves, and somebody applies
  curl -s -X POST $B/control/postings/$T/approve | jq .delivery.status
  curl -s $B/control/postings/$T/apply -d '{{"name":"Lê Hòa","email":"hoa@example.com","phone":"0912345678"}}' | jq .deliveries[0].status
  # what the recruiter finds, and what TopCV was asked for
  lan $P/api/notifications | jq '.notifications[].text.vi'
  lan $P/api/jobs/1/pipeline | jq '.stages[0]'
  curl -s $B/control/ledger | jq '{{creates, credits_spent, requests}}'

All of it is on this machine only. Stop it with Ctrl-C; `job-board demo --walk` plays and checks the whole story."#,
        platform = platform.url(),
        simulator = simulator.url(),
        admin = token(Role::Administrator)?,
        owner = token(Role::Recruiter)?,
        access = employer.access_token,
        secret = employer.secret_key,
        employer = employer.id,
    )?;
    Ok(())
}
