//! Who can sign in, as it is printed at a start and as a supervisor reads it.

use std::fmt::Write;

use job_board_demo::{Credential, Demo, Role};
use serde_json::{Value, json};

/// A line for each person, with the password when this is the first start.
pub(crate) fn write(text: &mut String, platform: &Demo) -> std::fmt::Result {
    writeln!(text, "\nlog-ins")?;
    for credential in platform.credentials() {
        let password = credential.password.as_deref();
        writeln!(
            text,
            "  {:<8} {:<32} {}",
            credential.login,
            password.unwrap_or("(password of the first start)"),
            part_of(credential.role)
        )?;
    }
    Ok(())
}

fn part_of(role: Role) -> &'static str {
    match role {
        Role::Recruiter => "recruiter, owns the jobs",
        Role::Administrator => "administrator, sets up connections",
        Role::Operator => "operator, runs the platform",
    }
}

/// Where the platform is, and a session's token for each person.
pub(crate) fn ready(platform: &Demo) -> Value {
    let log_in = |credential: &Credential| {
        json!({
            "login": credential.login,
            "role": credential.role.code(),
            "token": credential.token,
        })
    };
    json!({
        "url": platform.url(),
        "logins": platform.credentials().iter().map(log_in).collect::<Vec<_>>(),
    })
}
