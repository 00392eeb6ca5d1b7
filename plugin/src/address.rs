//! Absolute http and https addresses, read strictly: whatever two readers could understand differently is refused.
//!
//! The host reads the same text again before anything is sent, and holds it against the operator's grant. So a difference
//! between the two readings can only deny; see docs/decisions/0007-own-address-type.md.

mod percent;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

pub use self::percent::{decoded, encoded};

/// Longest host name, as in DNS.
const LONGEST_HOST: usize = 253;

/// What two readers split in different places, besides control characters.
const REFUSED: [char; 2] = [' ', '\\'];

/// Where something stands, without user and fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    scheme: Scheme,
    host: String,
    port: Option<u16>,
    path: String,
    query: Option<String>,
}

/// The two schemes that there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

/// Scheme, host and port: whom a request reaches.
pub type Origin<'a> = (Scheme, &'a str, Option<u16>);

impl Address {
    /// Reads an address. `None`: it is none, or not one that everybody reads alike.
    pub fn parse(text: &str) -> Option<Self> {
        if text.contains(char::is_control) || text.contains(REFUSED) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let scheme = [Scheme::Http, Scheme::Https]
            .into_iter()
            .find(|known| scheme.eq_ignore_ascii_case(known.name()))?;
        let rest = before(rest, '#').0;
        let (rest, query) = before(rest, '?');
        let (authority, path) = before(rest, '/');
        let (host, port) = host_and_port(authority)?;
        Some(Self {
            scheme,
            host,
            port: port.filter(|port| *port != scheme.port()),
            path: without_dots(&percent::repaired(path.unwrap_or(""), "\"<>`{}"))?,
            query: query.map(|query| percent::repaired(query, "\"<>'")),
        })
    }

    /// The address that a redirect's `location`, found at this one, leads to.
    pub fn join(&self, location: &str) -> Option<Self> {
        let first = location.split(['/', '?', '#']).next().unwrap_or("");
        let (scheme, origin) = (self.scheme.name(), self.origin_text());
        let path = &self.path;
        let text = if first.contains(':') {
            location.to_owned()
        } else if location.starts_with("//") {
            format!("{scheme}:{location}")
        } else if location.starts_with('/') {
            format!("{origin}{location}")
        } else if location.starts_with('?') {
            format!("{origin}{path}{location}")
        } else if first.is_empty() {
            return None;
        } else {
            let folder = path.rfind('/').map_or("", |end| &path[..end]);
            format!("{origin}{folder}/{location}")
        };
        Self::parse(&text)
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host's name in lower case, or an IP address; version 6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, when it is not the scheme's own.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// Begins with `/`; percent-encoded.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What stands after `?`; percent-encoded.
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// Whom a request reaches.
    pub fn origin(&self) -> Origin<'_> {
        (self.scheme, &self.host, self.port)
    }

    fn origin_text(&self) -> String {
        let mut text = format!("{}://{}", self.scheme.name(), self.host);
        if let Some(port) = self.port {
            text.push(':');
            text.push_str(&port.to_string());
        }
        text
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.origin_text())?;
        formatter.write_str(&self.path)?;
        if let Some(query) = &self.query {
            formatter.write_str("?")?;
            formatter.write_str(query)?;
        }
        Ok(())
    }
}

/// What stands before the first `mark`, and what after it.
fn before(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.split_once(mark) {
        Some((head, tail)) => (head, Some(tail)),
        None => (text, None),
    }
}

fn host_and_port(authority: &str) -> Option<(String, Option<u16>)> {
    // A colon inside the brackets of an IPv6 address is no port's.
    let bracket = authority.rfind(']').map_or(0, |at| at + 1);
    let (host, port) = match authority.get(bracket..)?.find(':') {
        Some(at) => {
            let at = bracket + at;
            (&authority[..at], Some(port(&authority[at + 1..])?))
        }
        None => (authority, None),
    };
    is_host(host).then(|| (host.to_ascii_lowercase(), port))
}

fn port(digits: &str) -> Option<u16> {
    let numeric = digits.bytes().all(|byte| byte.is_ascii_digit());
    numeric.then(|| digits.parse().ok())?
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host.strip_prefix('[') {
        return inner.strip_suffix(']').is_some_and(|inner| {
            // With a version 4 part there are two spellings.
            !inner.contains('.') && inner.parse::<Ipv6Addr>().is_ok()
        });
    }
    let last = host.rsplit('.').next().unwrap_or("");
    if last.starts_with(|c: char| c.is_ascii_digit()) {
        // `127.1`, `0x7f.0.0.1` and `2130706433` are addresses to some readers.
        return host.parse::<Ipv4Addr>().is_ok();
    }
    host.len() <= LONGEST_HOST && host.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    // What stands for letters beyond ASCII is a name of its own kind, with rules of its own.
    let punycode = label
        .get(..4)
        .is_some_and(|start| start.eq_ignore_ascii_case("xn--"));
    !label.is_empty()
        && !punycode
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The path with `.` and `..` resolved. Dots that are written with escapes are dots to some readers, so they are refused, and so
/// are dots beside empty segments or what could be a Windows drive (`c:`, `c|`).
fn without_dots(path: &str) -> Option<String> {
    let mut kept: Vec<&str> = Vec::new();
    let (mut dots, mut ends_in_folder) = (false, false);
    for segment in path.split('/') {
        ends_in_folder = matches!(segment, "." | "..");
        dots |= ends_in_folder;
        match segment {
            "." => {}
            ".." => {
                kept.pop();
            }
            _ if is_escaped_dots(segment) => return None,
            _ => kept.push(segment),
        }
    }
    if dots && (path.contains("//") || path.contains([':', '|'])) {
        return None;
    }
    if ends_in_folder {
        kept.push("");
    }
    Some(format!("/{}", kept.join("/")))
}

fn is_escaped_dots(segment: &str) -> bool {
    segment.len() <= 6
        && segment.contains('%')
        && matches!(
            segment.to_ascii_lowercase().replace("%2e", ".").as_str(),
            "." | ".."
        )
}
