//! TopCV's partner protocol as one table. TopCV publishes no reference, so every row says how sure we are of it, and the
//! operator can correct each row with one setting, without a new build.

use std::collections::BTreeMap;

use crate::address::{self, Address};
use crate::contract::types::FieldProblem;
use crate::failure::problem;
use crate::vietnam::lower_case::lower_case;

/// How far a row can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Seen in an official page or in independent working code.
    Evidence,
    /// The operation is real; this detail is our choice until TopCV confirms it.
    Assumed,
    /// Not known; the value is the careful choice.
    Unknown,
}

/// One fact, under the name by which the operator's setting `protocol` overrides it.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// The name of the fact.
    pub key: &'static str,
    /// The value used when nothing else was set.
    pub value: &'static str,
    /// How far it can be trusted.
    pub mark: Mark,
    /// What it decides.
    pub note: &'static str,
}

const fn row(key: &'static str, value: &'static str, mark: Mark, note: &'static str) -> Row {
    Row {
        key,
        value,
        mark,
        note,
    }
}

use Mark::{Assumed, Evidence, Unknown};

/// Every fact that a call, an answer or a delivery depends on. `{id}` and `{type}` in a path are filled in.
/// Lists are separated by `,`.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row("base_url", "https://partner.topcv.vn", Evidence, "where calls go; decides where the Secret Key is sent"),
    row("path.connect", "/api/connect", Evidence, "POST: sign in, answers a session token"),
    row("path.disconnect", "/api/disconnect", Evidence, "PUT: end the connection"),
    row("path.check", "/api/check-connection", Assumed, "GET: whether the connection stands"),
    row("path.metadata", "/api/metadata/{type}", Assumed, "GET: one list of options"),
    row("path.jobs", "/api/jobs", Assumed, "POST: create; GET with page and limit: list"),
    row("path.job", "/api/jobs/{id}", Assumed, "GET: detail; PUT: edit, whole body"),
    row("path.publish", "/api/jobs/{id}/publish", Assumed, "POST: make visible"),
    row("path.stop", "/api/jobs/{id}/stop", Assumed, "POST: stop"),
    row("header.secret", "Secret-Key", Evidence, "carries the Secret Key on every call"),
    row("header.session", "Authorization", Evidence, "carries `Bearer` and the session token"),
    row("metadata.main_category", "categories", Assumed, "name of the list of categories"),
    row("metadata.skills", "skills", Assumed, "name of the list of skills"),
    row("metadata.locations", "cities", Assumed, "name of the list of cities"),
    row("metadata.job_type", "job_types", Assumed, "name of the list of job types"),
    row("form.extra_fields", "", Unknown, "keys beyond the 25 that TopCV demands of this account: each becomes a text field of the form"),
    row("publish", "auto", Unknown, "`auto`: after create, read the detail and publish when it says so; `always`; `never`"),
    row("publish.needed", "draft,unpublished,not_published,inactive,nháp", Assumed, "run statuses that ask for publish"),
    row("create.look_first", "yes", Assumed, "`yes`: before a paid creation the list is asked for a posting with this very content; `no`: only where TopCV's list cannot be used"),
    row("edit.review", "yes", Assumed, "`yes`: an edit goes back to review; `no`: it does not"),
    row("status.run", "run_status,running_status,status", Assumed, "keys of the run status in a detail, first found counts"),
    row("status.approval", "approval_status,approve_status,review_status,moderation_status", Assumed, "keys of the approval status in a detail"),
    row("status.reason", "reject_reason,rejected_reason,reason", Assumed, "keys of the rejection's reason in a detail"),
    row("status.running", "running,active,published,live,open,1,đang chạy,đang hiển thị", Assumed, "run statuses that mean visible"),
    row("status.stopped", "stopped,stop,closed,paused,inactive,dừng,đã dừng,tạm dừng", Assumed, "run statuses that mean stopped"),
    row("status.expired", "expired,hết hạn", Assumed, "run statuses that mean past the deadline"),
    row("status.pending", "pending,waiting,reviewing,in_review,waiting_approval,chờ duyệt,đang chờ duyệt", Assumed, "approval statuses that mean under review"),
    row("status.approved", "approved,accepted,1,đã duyệt", Assumed, "approval statuses that mean approved"),
    row("status.rejected", "rejected,refused,denied,2,từ chối,bị từ chối", Assumed, "approval statuses that mean rejected"),
    row("detail.read_only", "job_id,id,job_url,url,run_status,running_status,status,approval_status,approve_status,review_status,moderation_status,reject_reason,rejected_reason,reason,created_at,updated_at,approved_at,rejected_at,published_at,employer_id,views,view_count,apply_count,applied_count", Assumed, "keys of a detail that are not sent back with an edit; all others are kept"),
    row("list.limit", "50", Assumed, "postings asked for a page"),
    row("list.pages", "10", Assumed, "most pages read when looking for one posting"),
    row("site.hosts", "topcv.vn,*.topcv.vn", Evidence, "hosts of posting pages, for linking by URL; the base URL's own host is accepted as well"),
    row("signing_key", "auto", Unknown, "`auto`: try the session token, then the Secret Key; or `session-token`, or `secret-key` alone"),
    row("accept_flat_profile", "no", Unknown, "`yes`: take unsigned profiles without event_type; only on an unguessable webhook URL"),
    row("cv.hosts", "topcv.vn,*.topcv.vn", Evidence, "hosts of CV files, over https; the base URL's own origin is allowed as well"),
    row("cv.lifetime_hours", "24", Evidence, "how long a download link lives"),
    row("time.zone_minutes", "420", Evidence, "minutes east of UTC of times without a zone"),
    row("timeout.read_ms", "15000", Assumed, "time-out of a reading call"),
    row("timeout.write_ms", "30000", Assumed, "time-out of a writing call"),
    row("lag.create_ms", "60000", Assumed, "how long after a lost answer the board may still be creating"),
];

/// The table with the operator's corrections.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Protocol {
    overrides: BTreeMap<String, String>,
}

impl Protocol {
    /// Takes corrections; every one that cannot be used is a problem of the setting `protocol`.
    pub fn with_overrides(overrides: BTreeMap<String, String>) -> Result<Self, Vec<FieldProblem>> {
        let problems: Vec<_> = overrides
            .iter()
            .filter_map(|(key, value)| check(key, value))
            .collect();
        if problems.is_empty() {
            Ok(Self { overrides })
        } else {
            Err(problems)
        }
    }

    /// The value of a row. An unknown key is empty: keys are literals of this crate, and a test asks for each.
    pub fn get(&self, key: &str) -> &str {
        self.overrides
            .get(key)
            .map(String::as_str)
            .unwrap_or_else(|| default(key).unwrap_or(""))
    }

    /// The items of a list row.
    pub fn list(&self, key: &str) -> impl Iterator<Item = &str> {
        self.get(key)
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
    }

    /// The value of a number row.
    pub fn number(&self, key: &str) -> u64 {
        self.get(key)
            .parse()
            .or_else(|_| default(key).unwrap_or("").parse())
            .unwrap_or(0)
    }

    /// Whether a switch row is on.
    pub fn is_on(&self, key: &str) -> bool {
        self.get(key) == "yes"
    }

    /// Whether a list row contains the word, without regard to case.
    pub fn lists(&self, key: &str, word: &str) -> bool {
        let word = lower_case(word.trim());
        self.list(key).any(|item| lower_case(item) == word)
    }

    /// The absolute URL of a path row, with `{name}` filled in, percent-encoded.
    pub fn url(&self, path_key: &str, fill: &[(&str, &str)]) -> String {
        let mut path = self.get(path_key).to_owned();
        for (name, value) in fill {
            path = path.replace(&format!("{{{name}}}"), &address::encoded(value));
        }
        format!("{}{path}", self.get("base_url").trim_end_matches('/'))
    }
}

fn default(key: &str) -> Option<&'static str> {
    TABLE.iter().find(|row| row.key == key).map(|row| row.value)
}

fn check(key: &str, value: &str) -> Option<FieldProblem> {
    let bad = |code: &str, vi: String, en: String| Some(problem("protocol", code, vi, en));
    if default(key).is_none() {
        return bad(
            "unknown-protocol-key",
            format!("Bảng giao thức không có mục “{key}”."),
            format!("The protocol table has no row “{key}”."),
        );
    }
    let wrong = |expected: &str| {
        bad(
            "bad-protocol-value",
            format!("Giá trị của “{key}” không dùng được; cần: {expected}."),
            format!("The value of “{key}” cannot be used; expected: {expected}."),
        )
    };
    match key {
        "base_url" if value.contains(['?', '#']) || Address::parse(value).is_none() => {
            wrong("an absolute http(s) URL without user, query and fragment")
        }
        "publish" if !matches!(value, "auto" | "always" | "never") => {
            wrong("auto, always or never")
        }
        "signing_key" if !matches!(value, "auto" | "session-token" | "secret-key") => {
            wrong("auto, session-token or secret-key")
        }
        "create.look_first" | "edit.review" | "accept_flat_profile"
            if !matches!(value, "yes" | "no") =>
        {
            wrong("yes or no")
        }
        _ if key.starts_with("path.") && !value.starts_with('/') => {
            wrong("a path that begins with /")
        }
        _ if key.starts_with("header.")
            && (value.is_empty()
                || !value
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')) =>
        {
            wrong("a header name")
        }
        _ if is_number(key) && value.parse::<u32>().is_err() => wrong("a whole number"),
        _ => None,
    }
}

fn is_number(key: &str) -> bool {
    default(key)
        .is_some_and(|value| value.len() > 1 && value.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overrides(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_path_is_filled_in_and_encoded() {
        let protocol = Protocol::default();
        assert_eq!(
            protocol.url("path.job", &[("id", "12/../3")]),
            "https://partner.topcv.vn/api/jobs/12%2F..%2F3"
        );
    }

    #[test]
    fn an_override_replaces_one_row() {
        let protocol =
            Protocol::with_overrides(overrides(&[("base_url", "http://127.0.0.1:4000/")])).unwrap();
        assert_eq!(
            protocol.url("path.connect", &[]),
            "http://127.0.0.1:4000/api/connect"
        );
        assert_eq!(protocol.get("header.secret"), "Secret-Key");
    }

    #[test]
    fn every_bad_override_is_reported_at_once() {
        let problems = Protocol::with_overrides(overrides(&[
            ("base_url", "ftp://topcv.vn"),
            ("path.job", "api"),
            ("header.secret", "a b"),
            ("signing_key", "password"),
            ("list.limit", "many"),
            ("no.such.row", "1"),
        ]))
        .unwrap_err();
        assert_eq!(problems.len(), 6);
        assert!(problems.iter().all(|problem| problem.field == "protocol"));
    }

    #[test]
    fn row_names_are_unique() {
        for (index, row) in TABLE.iter().enumerate() {
            assert!(
                TABLE[index + 1..].iter().all(|other| other.key != row.key),
                "{} twice",
                row.key
            );
        }
    }

    /// The published table is this one: docs/protocol.md is checked, row by row.
    #[test]
    fn the_documentation_shows_every_row_as_it_is() {
        let page = include_str!("../../../docs/protocol.md");
        for row in TABLE {
            let mark = match row.mark {
                Evidence => "E",
                Assumed => "A",
                Unknown => "?",
            };
            let value = if row.value.is_empty() {
                "(empty)".to_owned()
            } else {
                format!("`{}`", row.value)
            };
            let line = format!("| `{}` | {value} | {mark} | {} |", row.key, row.note);
            assert!(
                page.contains(&line),
                "docs/protocol.md lacks this line:\n{line}"
            );
        }
        let shown = page
            .lines()
            .filter(|line| line.starts_with("| `") && line.matches(" | ").count() == 3)
            .count();
        assert_eq!(
            shown,
            TABLE.len(),
            "docs/protocol.md shows rows that are not in the table"
        );
    }
}
