//! The portal as a browser without script uses it: pages are read, and only forms that stand on them are sent.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Receiver, Reply, World, applicant};

pub const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");
const BOUNDARY: &str = "----portal-boundary-7f3a";

/// A file for a form.
pub struct File<'a> {
    pub name: &'a str,
    pub content: &'a [u8],
}

impl World {
    /// `GET` of a page in Vietnamese.
    pub async fn page(&self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], "").await
    }

    /// A page that must open.
    pub async fn html(&self, path: &str) -> String {
        let reply = self.page(path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text());
        reply.text()
    }

    /// The token that the portal's pages carry now.
    pub async fn token(&self) -> String {
        token_in(&self.html("/portal").await)
    }

    /// Fills in the form with that action on that page and sends it.
    pub async fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Reply {
        let html = self.html(page).await;
        let forms: Vec<&str> = forms_in(&html, action).collect();
        assert!(!forms.is_empty(), "{page} has no form for {action}: {html}");
        let fits = |form: &&&str| fields.iter().all(|(name, value)| offers(form, name, value));
        let form = forms
            .iter()
            .find(fits)
            .unwrap_or_else(|| panic!("{action}: no form takes {fields:?}: {forms:?}"));
        self.post_form(action, fields, &token_in(form)).await
    }

    /// As [`World::submit`]; the form must be accepted. Answers where it leads.
    pub async fn press(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> String {
        let reply = self.submit(page, action, fields).await;
        assert_eq!(reply.status, 303, "{action}: {}", reply.text());
        reply.headers["location"].to_str().unwrap().to_owned()
    }

    /// A form with that token, whatever stands on any page.
    pub async fn post_form(&self, action: &str, fields: &[(&str, &str)], token: &str) -> Reply {
        let body = encoded(fields, token);
        self.send(Method::POST, action, &[FORM], body).await
    }

    /// Applies by the form with a file.
    pub async fn upload(&self, fields: &[(&str, &str)], file: File<'_>) -> Reply {
        let path = format!("/portal/{}/applications", self.employer);
        let html = self.html(&path).await;
        assert!(html.contains("enctype=\"multipart/form-data\""), "{html}");
        let token = token_in(&html);
        let body = multipart(fields, &token, &file);
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send(Method::POST, &path, &[("Content-Type", &kind)], body)
            .await
    }
}

pub fn encoded(fields: &[(&str, &str)], token: &str) -> String {
    let mut pairs = vec![format!("csrf={token}")];
    for (name, value) in fields {
        let [name, value] =
            [name, value].map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string());
        pairs.push(format!("{name}={value}"));
    }
    pairs.join("&")
}

pub fn multipart(fields: &[(&str, &str)], token: &str, file: &File<'_>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in [("csrf", token)].iter().chain(fields) {
        let part = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        body.extend_from_slice(part.as_bytes());
    }
    let name = file.name;
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"cv\"; filename=\"{name}\"\r\n\
         Content-Type: application/octet-stream\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file.content);
    body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub fn token_in(html: &str) -> String {
    let (_, after) = html
        .split_once("name=\"csrf\" value=\"")
        .unwrap_or_else(|| panic!("no token on the page: {html}"));
    after.split('"').next().unwrap().to_owned()
}

/// The forms that post to `action`.
fn forms_in<'a>(html: &'a str, action: &str) -> impl Iterator<Item = &'a str> {
    let wanted = format!("action=\"{action}\"");
    html.split("<form ")
        .skip(1)
        .map(|form| form.split("</form>").next().unwrap())
        .filter(move |form| form.contains(&wanted))
}

/// Whether a form has that field; the kind of a fault cannot be chosen in its form.
fn offers(form: &str, name: &str, value: &str) -> bool {
    let fixed = name == "kind";
    let field = if fixed {
        format!("name=\"{name}\" value=\"{value}\"")
    } else {
        format!("name=\"{name}\"")
    };
    form.contains(&field)
}

/// The actions of every form on a page.
pub fn actions_in(html: &str) -> Vec<String> {
    html.split(" action=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

/// Everything that the control API tells, with what differs between two runs taken out: addresses and
/// random tokens.
pub async fn state(world: &World) -> Value {
    let employers = world.get("/control/employers").await;
    let mut postings = Vec::new();
    for employer in employers["employers"].as_array().unwrap() {
        let path = format!("/control/employers/{}/postings", employer["employer_id"]);
        postings.push(world.get(&path).await);
    }
    let ledger = world.get("/control/ledger").await;
    let faults = world.get("/control/faults").await;
    let clock = world.get("/control/clock").await;
    let all = json!([employers, postings, ledger, faults, clock]).to_string();
    serde_json::from_str(&without_chance(&all)).unwrap()
}

/// Runs of 32 and more hex digits, and ports of loopback.
fn without_chance(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for character in text.chars().chain(['\n']) {
        if character.is_ascii_hexdigit() {
            run.push(character);
            continue;
        }
        if run.len() >= 32 {
            out.push_str("<random>");
        } else if out.ends_with("127.0.0.1:") {
            out.push_str("<port>");
        } else {
            out.push_str(&run);
        }
        run.clear();
        out.push(character);
    }
    out
}

/// An employer with a receiver, two postings made at the site, and a masked applicant on the first.
pub struct Scene {
    pub world: World,
    pub receiver: Receiver,
}

pub const FIRST: u64 = 1_200_001;
pub const SECOND: u64 = 1_200_002;

impl Scene {
    pub async fn set() -> Scene {
        let world = World::start().await;
        let receiver = world.listen().await;
        for title in ["Kế toán", "Lái xe"] {
            let path = format!("/control/employers/{}/postings", world.employer);
            world.post(&path, json!({"title": title})).await;
        }
        let mut masked = applicant();
        masked["masked"] = json!(true);
        world.apply(FIRST, masked).await;
        Scene { world, receiver }
    }
}
