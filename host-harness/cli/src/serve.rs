//! `job-board serve`: the platform alone, as a service.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use job_board_demo::{Demo, DemoConfig, DemoError, Values};
use job_board_host::{AllowList, EngineConfig, Url};

use crate::limit::{LimitSetting, OperatorLimits};
use crate::operator_setting::{self, OperatorSetting};
use crate::ready_file::ReadyFile;
use crate::signals::Ending;
use crate::{data_folder, listening, log_ins, plugin_file, progress};

/// What the operator decides.
pub struct Service {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The plugin's component.
    pub plugin: PathBuf,
    /// Where to listen.
    pub bind: SocketAddr,
    /// Where boards reach the platform, when something stands in front of it.
    pub public_url: Option<String>,
    /// The hosts that the plugin may call.
    pub allow: Vec<String>,
    /// Whether those may be on this machine.
    pub allow_loopback: bool,
    /// What plugins may use, where it is not the default.
    pub limits: Vec<LimitSetting>,
    /// For every connection.
    pub operator_settings: Vec<OperatorSetting>,
    /// After how many days without activity candidates who were not hired are erased. Absent: never.
    pub retention_days: Option<u32>,
    /// Whether files are fetched and deliveries tried again by themselves.
    pub background: bool,
    /// Where to say that it serves.
    pub ready_file: Option<PathBuf>,
}

/// Serves until a signal ends it.
///
/// # Errors
/// When it does not start: the message names the cause and the next step.
pub async fn run(service: Service) -> Result<()> {
    let mut ending = Ending::watch()?;
    let ready_file = service
        .ready_file
        .clone()
        .map(ReadyFile::claim)
        .transpose()?;
    let shown = progress::spinner("starting the platform");
    let platform = tokio::select! {
        started = start(&service) => started?,
        () = ending.asked() => return Ok(()),
    };
    shown.finish_and_clear();

    print!("{}", welcome(&platform, &service)?);
    if let Some(file) = &ready_file {
        file.write(log_ins::ready(&platform))?;
    }
    ending.asked().await;
    println!("stopping");
    // Who waits for the file to go knows from then on that no new request is taken.
    drop(ready_file);
    platform.stop().await;
    Ok(())
}

/// What can be wrong is looked at before anything is begun, cheapest first.
async fn start(service: &Service) -> Result<Demo> {
    let public_base_url = service.public_url.as_deref().map(public_url).transpose()?;
    AllowList::parse(&service.allow).context("--allow cannot be used")?;
    let limits = OperatorLimits::with(&service.limits)?;
    listening::check(service.bind)?;
    plugin_file::check(&service.plugin)?;
    data_folder::prepare(&service.data_dir)?;
    let config = DemoConfig {
        bind: service.bind,
        public_base_url,
        allow: service.allow.clone(),
        allow_loopback: service.allow_loopback,
        operator_settings: operator_settings(service, &limits).await?,
        limits: limits.calls,
        engine: limits.engine,
        retention_days: service.retention_days,
        background: service.background,
        ..DemoConfig::new(&service.data_dir, &service.plugin)
    };
    Demo::start(config).await.map_err(|error| {
        let flags = match error {
            DemoError::NotLoopback(_) => " (--bind, --public-url)",
            _ => "",
        };
        anyhow::Error::new(error).context(format!("the platform does not start{flags}"))
    })
}

/// The manifest says of which kind a setting is, so the plugin is loaded once more, from the cache that the platform uses.
async fn operator_settings(service: &Service, limits: &OperatorLimits) -> Result<Values> {
    if service.operator_settings.is_empty() {
        return Ok(Values::new());
    }
    let plugin = service.plugin.clone();
    let engine = EngineConfig {
        cache_dir: Some(service.data_dir.join(plugin_file::COMPILED)),
        ..limits.engine.clone()
    };
    let plugin = tokio::task::spawn_blocking(move || plugin_file::load(&plugin, engine))
        .await
        .context("the plugin could not be loaded: the worker ended")??;
    operator_setting::values(&service.operator_settings, plugin.manifest())
}

/// An address to which a path is added: applicants' data goes there, so it is not in the clear.
fn public_url(text: &str) -> Result<String> {
    let example = "write it as https://ats.example or https://example.vn/jobs";
    let url = Url::parse(text)
        .with_context(|| format!("--public-url {text} is no address of the web; {example}"))?;
    ensure!(
        url.has_host() && url.query().is_none() && url.fragment().is_none(),
        "--public-url {text} must be host and path alone; {example}"
    );
    let host = url.host_str().unwrap_or_default();
    let here = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
    ensure!(
        url.scheme() == "https" || (url.scheme() == "http" && here),
        "--public-url {text} is not https: boards would send applicants' data in the clear; put a proxy or a tunnel with TLS in front, and {example}"
    );
    Ok(text.trim_end_matches('/').to_owned())
}

fn welcome(platform: &Demo, service: &Service) -> Result<String> {
    let mut text = String::new();
    writeln!(
        text,
        "hiring platform  {0}/  (its API: {0}/api)",
        platform.url()
    )?;
    if let Some(public) = &service.public_url {
        writeln!(text, "boards reach it  {public}")?;
    }
    writeln!(text, "data             {}", shown(&service.data_dir))?;
    writeln!(text, "plugin           {}", shown(&service.plugin))?;
    writeln!(text, "it may call      {}", service.allow.join(", "))?;
    match service.retention_days {
        Some(days) => writeln!(
            text,
            "not hired        erased after {days} days without activity"
        )?,
        None => writeln!(
            text,
            "not hired        kept until somebody erases them; --retention-days sets a time"
        )?,
    }
    log_ins::write(&mut text, platform)?;
    writeln!(
        text,
        r#"
a token for twelve hours
  curl -sS {}/api/login -H 'Content-Type: application/json' -d '{{"login":"…","password":"…"}}'

Stop it with Ctrl-C or SIGTERM; what it is at is finished first."#,
        platform.url()
    )?;
    Ok(text)
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_encrypted_and_has_nothing_behind_its_path() {
        for right in [
            "https://ats.example",
            "https://ats.example:8443/jobs/",
            "http://127.0.0.1:8470",
            "http://localhost:8470",
        ] {
            assert_eq!(public_url(right).unwrap(), right.trim_end_matches('/'));
        }
        for (wrong, cause) in [
            ("http://ats.example", "not https"),
            ("ats.example", "no address of the web"),
            ("ftp://ats.example", "not https"),
            ("https://ats.example/?a=1", "host and path alone"),
            ("https://ats.example/#a", "host and path alone"),
            ("mailto:a@b.vn", "host and path alone"),
        ] {
            let error = public_url(wrong).unwrap_err().to_string();
            assert!(error.contains(cause), "{wrong}: {error}");
            assert!(error.contains("https://ats.example"), "{error}");
        }
    }
}
