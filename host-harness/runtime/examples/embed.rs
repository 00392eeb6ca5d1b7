//! What a platform writes to embed a plugin; the README shows this file's middle. Run it from the project's root after `cargo xtask build`:
//!
//! ```text
//! TOKEN=… SECRET=… cargo run -p job-board-host --example embed
//! ```
//!
//! It leaves `host.db`, `master.key` and `cache/` in the working directory.

// README begins here.
use std::error::Error;
use std::sync::Arc;

use job_board_host::contract::deliveries::{Delivery, Verdict};
use job_board_host::contract::types::{NamedValue, Value};
use job_board_host::*;

/// Once for the process: the plugin, and what its connections may use.
fn open() -> Result<(Plugin, Grants), Box<dyn Error>> {
    let engine = PluginEngine::new(EngineConfig {
        cache_dir: Some("cache".into()),
        ..EngineConfig::default()
    })?;
    let plugin = engine.load_file("target/component/topcv.wasm")?;
    let storage = SqliteStorage::open("host.db")?;
    let keys = KeyRing::from_file_or_create("master.key")?;
    let secrets = EncryptedSecrets::new(Arc::new(storage.secrets_map()), keys);
    let http = WebClient::new(AddressPolicy::PublicOnly)?;

    // What a plugin asks for stands in its manifest, with reasons; what it gets is the operator's grant.
    let allow = AllowList::parse(&["partner.topcv.vn", "topcv.vn", "*.topcv.vn"])?;
    let grants = Grants::new(Arc::new(storage), Arc::new(secrets), Arc::new(http));
    Ok((plugin, grants.with_allow(allow)))
}

/// A recruiter has entered the keys. The platform shows the webhook URL, to be pasted at TopCV.
async fn configure(connection: &Connection, token: String, key: String) -> Result<(), CallError> {
    let named = |name: &str, text| NamedValue {
        name: name.into(),
        value: Value::Text(text),
    };
    let settings = [named("access-token", token), named("secret-key", key)];
    let webhook_url = "https://ats.example/hooks/unguessable";
    match connection.configure(&settings, webhook_url, false).await? {
        Ok(status) => println!("{:?}: {:?}", status.state, status.webhook_url),
        Err(failure) => println!("{}", failure.message.vi),
    }
    Ok(())
}

/// A delivery has arrived, and is stored already, so that a crash loses nothing. Answers the HTTP status for TopCV.
async fn receive(connection: &Connection, delivery: &Delivery) -> Result<u16, CallError> {
    let outcome = connection.handle_webhook(delivery).await?;
    match outcome.verdict {
        // In one transaction: insert the event ids, which are unique; apply the new events; mark the delivery done.
        Verdict::Accepted => println!("{} events", outcome.events.len()),
        Verdict::NoEffect => println!("somebody asked whether the URL is alive"),
        // Keep it for some days: after a setting was mended it counts.
        Verdict::Refused(failure) => println!("not taken: {}", failure.code),
        Verdict::TryAgain(failure) => println!("once more, later: {}", failure.code),
    }
    Ok(outcome.response.status)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let (plugin, grants) = open()?;
    // One connection is one tenant's account at the board. The id is the platform's.
    let connection = plugin.connection(ConnectionId::new("tenant-7:topcv")?, grants);
    configure(
        &connection,
        std::env::var("TOKEN")?,
        std::env::var("SECRET")?,
    )
    .await?;
    let ping = Delivery {
        method: "POST".into(),
        headers: vec![],
        body: vec![],
        received_at: SystemClock.now(),
    };
    println!("answered {}", receive(&connection, &ping).await?);
    Ok(())
}
// README ends here.
