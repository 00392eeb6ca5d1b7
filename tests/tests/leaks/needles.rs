//! What is looked for: secrets, and people in every spelling.

use std::collections::{BTreeMap, HashMap};

use job_board_cli::walk::{Api, World};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

/// Shorter ones are found everywhere.
const SHORTEST: usize = 6;

/// Texts and bytes to look for, each with what it is.
#[derive(Clone, Default)]
pub(crate) struct Needles(BTreeMap<Vec<u8>, String>);

impl Needles {
    /// Adds bytes as they are.
    pub(crate) fn add(&mut self, what: &str, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        if bytes.len() >= SHORTEST {
            self.0.insert(bytes.to_vec(), what.to_owned());
        }
    }

    /// Adds a name or an address: composed, decomposed, without diacritics, in capitals and small letters.
    pub(crate) fn add_text(&mut self, what: &str, text: &str) {
        let plain: String = text
            .nfd()
            .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
            .map(|c| match c {
                'đ' => 'd',
                'Đ' => 'D',
                other => other,
            })
            .collect();
        let spellings = [text.nfc().collect(), text.nfd().collect(), plain];
        for spelling in spellings {
            self.add(what, spelling.to_lowercase());
            self.add(what, spelling.to_uppercase());
            self.add(what, spelling);
        }
    }

    /// Adds a phone number as people write it.
    pub(crate) fn add_phone(&mut self, what: &str, phone: &str) {
        self.add(what, phone);
        let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
        let national = digits.strip_prefix("84").unwrap_or(&digits);
        let bare = national.trim_start_matches('0');
        if bare.len() < 9 {
            return;
        }
        self.add(what, bare);
        for by in [" ", ".", "-"] {
            let parts = [&bare[..2], &bare[2..5], &bare[5..]];
            self.add(what, parts.join(by));
        }
    }

    /// Adds what a delivery of the board tells about somebody, and the secret part of where it went.
    pub(crate) fn add_delivery(&mut self, delivery: &Value, people: &mut Self) {
        if let Some((_, hook)) = delivery["url"]
            .as_str()
            .and_then(|url| url.rsplit_once("/hooks/"))
        {
            self.add("webhook path", hook);
        }
        let body = delivery["body"].as_str().unwrap_or_default();
        let Ok(body) = serde_json::from_str::<Value>(body) else {
            return;
        };
        let text = |name: &str| body[name].as_str().unwrap_or_default();
        // What the board hid tells nobody anything.
        let open = |name: &'static str| Some(text(name)).filter(|text| !text.contains('*'));
        if let Some(name) = open("candidate_name") {
            people.add_text("name", name);
        }
        if let Some(email) = open("candidate_email") {
            people.add_text("e-mail", email);
        }
        if let Some(phone) = open("candidate_phone") {
            people.add_phone("phone", phone);
        }
        for link in ["download_url", "cv_url"] {
            let token = text(link).split(['?', '#']).next().unwrap_or_default();
            self.add(link, token.rsplit('/').next().unwrap_or_default());
            self.add(link, text(link));
        }
    }

    /// Adds who can sign in at a world's platform and at its board.
    pub(crate) fn add_world(&mut self, world: &World) {
        for who in world.credentials() {
            self.add("session", &who.token);
            self.add("password", who.password.as_deref().unwrap_or_default());
        }
        for session in world.sessions() {
            self.add("session", session);
        }
        self.add("access token", &world.employer.access_token);
        self.add("secret key", &world.employer.secret_key);
        for file in ["master.key", "master.key.retired"] {
            let keys = std::fs::read_to_string(world.config().data_dir.join(file));
            for key in keys.unwrap_or_default().lines() {
                self.add("master key", key);
                self.add("master key", key.to_uppercase());
                self.add("master key", bytes_of(key));
            }
        }
    }

    /// Adds everything that a world's board has sent.
    pub(crate) async fn add_board(&mut self, world: &World, people: &mut Self) {
        let board = Api::new(world.board.url()).unwrap();
        let sent = board.get("/control/deliveries").await.unwrap();
        for delivery in sent["deliveries"].as_array().unwrap() {
            self.add_delivery(delivery, people);
        }
    }

    /// Both.
    pub(crate) fn and(mut self, other: &Self) -> Self {
        self.0.extend(other.0.clone());
        self
    }

    /// Takes over.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// What stands in these bytes, with what stands around it. Session tokens and keys of the simulated board are known by their form.
    pub(crate) fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let mut by_start: HashMap<&[u8], Vec<(&Vec<u8>, &String)>> = HashMap::new();
        let mut starts = vec![false; 1 << 16];
        let pair = |bytes: &[u8]| usize::from(bytes[0]) << 8 | usize::from(bytes[1]);
        for (needle, what) in &self.0 {
            starts[pair(needle)] = true;
            let same = by_start.entry(&needle[..SHORTEST]).or_default();
            same.push((needle, what));
        }
        let mut found = Vec::new();
        for (at, window) in bytes.windows(SHORTEST).enumerate() {
            if is_board_token(&bytes[at..]) {
                found.push(show("a key of the board", bytes, at));
            }
            if !starts[pair(window)] {
                continue;
            }
            for (needle, what) in by_start.get(window).into_iter().flatten() {
                if bytes[at..].starts_with(needle) {
                    found.push(show(what, bytes, at));
                }
            }
        }
        found
    }
}

fn is_board_token(bytes: &[u8]) -> bool {
    bytes.len() >= 35
        && matches!(&bytes[..3], b"st_" | b"at_" | b"sk_")
        && bytes[3..35].iter().all(u8::is_ascii_hexdigit)
}

fn show(what: &str, bytes: &[u8], at: usize) -> String {
    let around = &bytes[at.saturating_sub(160)..bytes.len().min(at + 80)];
    format!("{what}: …{}…", String::from_utf8_lossy(around))
}

/// From hexadecimal digits.
fn bytes_of(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}
