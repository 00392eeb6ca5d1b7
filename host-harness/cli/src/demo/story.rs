//! The story to be played by hand: commands that work as they are printed, in bash and in zsh, again and again.

use std::fmt::Write;

use anyhow::{Context, Result};
use job_board_demo::{Credential, Demo, Role};

use super::Sides;

/// Passwords are known on the first start only.
pub(super) fn is_later_start(platform: &Demo) -> bool {
    platform
        .credentials()
        .iter()
        .all(|credential| credential.password.is_none())
}

fn somebody(platform: &Demo, role: Role) -> Result<&Credential> {
    let mut all = platform.credentials().iter();
    all.find(|credential| credential.role == role)
        .context("a role has nobody")
}

/// The tokens are of sessions that this start began. `show` is jq that does not hide an error behind `null`.
pub(super) fn write(text: &mut String, sides: &Sides) -> Result<()> {
    let platform = &sides.platform;
    let administrator = somebody(platform, Role::Administrator)?;
    let recruiter = somebody(platform, Role::Recruiter)?;
    let accept = if is_later_start(platform) {
        r#","accept_other_account":true"#
    } else {
        ""
    };
    writeln!(
        text,
        r##"
what to try, with curl and jq, in bash or zsh: paste it line by line, or all of it
  [ -z "$ZSH_VERSION" ] || setopt interactivecomments
  P={platform}; B={simulator}; J='Content-Type: application/json'
  show() {{ jq -r 'if type == "object" and has("error") then . else ('"$1"') end'; }}
  {minh}() {{ curl -sS -H 'Authorization: Bearer {minh_token}' -H "$J" "$@"; }}
  {lan}() {{ curl -sS -H 'Authorization: Bearer {lan_token}' -H "$J" "$@"; }}
  # {minh}, an administrator, enters the credentials: Đã cấu hình
  {minh} -X PUT "$P/api/connections/1/settings" -d '{{"settings":{{"access-token":"{access}","secret-key":"{secret}"}}{accept}}}' | show '.label.vi'
  # the employer pastes the webhook URL at TopCV
  curl -sS -X PATCH "$B/control/employers/{employer}" -d "$({minh} "$P/api/connections/1" | show '{{webhook_url}}')" | show '.webhook_url'
  # {lan}, a recruiter, writes a job like the first one, and publishes it, its form filled in as far as possible
  JOB=$({lan} "$P/api/jobs" -d "$({lan} "$P/api/jobs/1" | show '{{title, details}}')" | show '.id')
  FORM=$({lan} "$P/api/jobs/$JOB/form" -d '{{"connection":1}}')
  show '{{missing, problems}}' <<<"$FORM"
  VALUES=$(show '[.fields[] | select(.value != null) | {{(.id): .value}}] | add' <<<"$FORM")
  TIN=$({lan} "$P/api/jobs/$JOB/postings" -d "{{\"connection\":1,\"values\":$VALUES}}" | show '.board_posting'); echo "posting $TIN"
  # TopCV approves, and somebody applies
  curl -sS -X POST "$B/control/postings/$TIN/approve" | show '.delivery.status'
  curl -sS "$B/control/postings/$TIN/apply" -d '{{"name":"Lê Hòa","email":"hoa@example.com","phone":"0912345678"}}' | show '.deliveries[0].status'
  # what {lan} finds: notifications, the candidate in the first stage, the CV
  {lan} "$P/api/notifications" | show '.notifications[].text.vi'
  WHO=$({lan} "$P/api/jobs/$JOB/pipeline" | show '.stages[0].candidates[0].candidate.id')
  {lan} "$P/api/candidates/$WHO" | show '.contact, .applications[0].cvs'
  CV=$({lan} "$P/api/candidates/$WHO" | show '.applications[0].cvs[0].id')
  {lan} "$P/api/candidates/$WHO/cvs/$CV" -o cv.pdf -w '%{{http_code}} %{{content_type}}\n'
  # what TopCV was asked for
  curl -sS "$B/control/ledger" | show '{{creates, credits_spent, requests}}'
  # a token for twelve hours, with the password {of_first}
  curl -sS "$P/api/login" -H "$J" -d '{{"login":"{lan}","password":"{password}"}}' | show '.token'

All of it is on this machine only. Stop it with Ctrl-C; `job-board demo --walk` plays and checks the whole story."##,
        platform = platform.url(),
        simulator = sides.simulator.url(),
        minh = administrator.login,
        minh_token = administrator.token,
        lan = recruiter.login,
        lan_token = recruiter.token,
        access = sides.employer.access_token,
        secret = sides.employer.secret_key,
        employer = sides.employer.id,
        of_first = if is_later_start(platform) {
            "that the first start printed"
        } else {
            "from above"
        },
        password = recruiter.password.as_deref().unwrap_or("…"),
    )?;
    Ok(())
}
