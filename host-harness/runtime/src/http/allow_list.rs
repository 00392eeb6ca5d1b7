//! Which hosts may be called: patterns that were parsed once, and the rule that joins what a plugin asks for with what an operator grants.

use std::str::FromStr;

use url::{Host, Url};

/// A pattern of an allow-list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{pattern}` is no host pattern: {reason}. Write `api.example.com`, `*.example.com` or `http://127.0.0.1:8080`"
)]
pub struct AllowListError {
    pattern: String,
    reason: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    Http,
    Https,
}

impl Scheme {
    fn of(url: &Url) -> Option<Self> {
        match url.scheme() {
            "http" => Some(Self::Http),
            "https" => Some(Self::Https),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Exact(Host),
    /// All names below this domain, not the domain itself. With the dot in front.
    Below(String),
}

impl Name {
    fn is_loopback(&self) -> bool {
        match self {
            Self::Exact(Host::Domain(name)) => name == "localhost",
            Self::Exact(Host::Ipv4(address)) => address.is_loopback(),
            Self::Exact(Host::Ipv6(address)) => address.is_loopback(),
            Self::Below(_) => false,
        }
    }

    fn matches(&self, host: &Host<&str>) -> bool {
        match (self, host) {
            (Self::Exact(Host::Domain(name)), Host::Domain(other)) => name == other,
            (Self::Exact(Host::Ipv4(address)), Host::Ipv4(other)) => address == other,
            (Self::Exact(Host::Ipv6(address)), Host::Ipv6(other)) => address == other,
            (Self::Below(end), Host::Domain(name)) => {
                name.len() > end.len() && name.ends_with(end.as_str())
            }
            _ => false,
        }
    }
}

/// One host, or all names below a domain; with scheme and port.
///
/// Written as `[unasked:][scheme://]host[:port]`. The host is a name, an address, or `*.` and a domain of at least two labels. Without a scheme `https` is
/// meant, without a port the scheme's own. Names are compared in the form that URLs use (lower case, punycode). `unasked:` stands before a whole origin only,
/// scheme included and without `*`; see [`AllowList`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPattern {
    scheme: Scheme,
    name: Name,
    port: u16,
    /// The operator means this very origin, whether or not the plugin asks for it.
    alone: bool,
}

impl FromStr for HostPattern {
    type Err = AllowListError;

    fn from_str(pattern: &str) -> Result<Self, Self::Err> {
        let refuse = |reason| AllowListError {
            pattern: pattern.to_owned(),
            reason,
        };
        let (unasked, rest) = match pattern.strip_prefix("unasked:") {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        let (scheme, rest, explicit) = if let Some(rest) = rest.strip_prefix("https://") {
            (Scheme::Https, rest, true)
        } else if let Some(rest) = rest.strip_prefix("http://") {
            (Scheme::Http, rest, true)
        } else {
            (Scheme::Https, rest, false)
        };
        // The URL parser repairs much of this silently; a grant should mean what it looks like.
        if rest
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || "/\\?#@%".contains(c))
        {
            return Err(refuse("it holds more than scheme, host and port"));
        }
        if rest.ends_with(':') {
            return Err(refuse("the port is missing"));
        }
        let (below, rest) = match rest.strip_prefix("*.") {
            Some(domain) => (true, domain),
            None => (false, rest),
        };
        if rest.contains('*') {
            return Err(refuse("`*` may only stand alone before the first dot"));
        }
        let prefix = if scheme == Scheme::Http {
            "http"
        } else {
            "https"
        };
        let url = Url::parse(&format!("{prefix}://{rest}"))
            .map_err(|_| refuse("the host or the port is malformed"))?;
        let host = url.host().ok_or_else(|| refuse("there is no host"))?;
        let port = url
            .port_or_known_default()
            .filter(|port| *port != 0)
            .ok_or_else(|| refuse("the port is malformed"))?;
        let name = match host {
            Host::Domain(domain) if domain.ends_with('.') => {
                return Err(refuse("a name must not end with a dot"));
            }
            Host::Domain(domain) if below && !domain.contains('.') => {
                return Err(refuse("`*.` needs a domain of at least two labels"));
            }
            Host::Domain(domain) if below => Name::Below(format!(".{domain}")),
            _ if below => return Err(refuse("`*.` needs a domain, not an address")),
            other => Name::Exact(other.to_owned()),
        };
        let origin = explicit && matches!(name, Name::Exact(_));
        if unasked && !origin {
            return Err(refuse("`unasked:` needs one whole origin, scheme included"));
        }
        Ok(Self {
            scheme,
            alone: unasked || (origin && name.is_loopback()),
            name,
            port,
        })
    }
}

impl HostPattern {
    fn matches(&self, url: &Url) -> bool {
        Scheme::of(url) == Some(self.scheme)
            && url.port_or_known_default() == Some(self.port)
            && self.matches_host(url)
    }

    fn matches_host(&self, url: &Url) -> bool {
        url.host().is_some_and(|host| self.name.matches(&host))
    }
}

/// The hosts that an operator grants to a connection. Empty: nothing can be called.
///
/// A request passes when its URL fits a grant *and* the plugin's manifest asks for the host. So that a base URL can be overridden, the operator can grant an
/// origin that no manifest can know. Two kinds of grants count for themselves:
///
/// - an origin on this machine, with its scheme (`http://127.0.0.1:4000`, a simulator). [`AddressPolicy`](crate::AddressPolicy) must allow loopback as well;
/// - an origin behind `unasked:` (`unasked:https://test.board.example`, a board's test system).
///
/// ```
/// let allow = job_board_host::AllowList::parse(&["*.board.example", "http://127.0.0.1:4000", "unasked:https://test.example"])?;
/// # Ok::<(), job_board_host::AllowListError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList {
    patterns: Vec<HostPattern>,
}

impl AllowList {
    /// Grants nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Parses patterns; see [`HostPattern`] for their form.
    ///
    /// # Errors
    /// Names the first pattern that cannot be used.
    pub fn parse<S: AsRef<str>>(patterns: &[S]) -> Result<Self, AllowListError> {
        let patterns = patterns
            .iter()
            .map(|pattern| pattern.as_ref().parse())
            .collect::<Result<_, _>>()?;
        Ok(Self { patterns })
    }
}

/// Why a URL does not pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    NotGranted,
    NotAskedFor,
}

impl Refusal {
    pub(crate) const fn reason(self) -> &'static str {
        match self {
            Self::NotGranted => {
                "the operator did not grant this host; add it to the connection's allow-list if the plugin may call it"
            }
            Self::NotAskedFor => {
                "the plugin's manifest does not ask for this host; grant it as `unasked:https://host` to allow it nevertheless"
            }
        }
    }
}

/// What was asked for joined with what was granted.
pub(crate) struct Gate {
    asked: AllowList,
    granted: AllowList,
}

impl Gate {
    pub(crate) fn new(asked: AllowList, granted: AllowList) -> Self {
        Self { asked, granted }
    }

    pub(crate) fn admits(&self, url: &Url) -> Result<(), Refusal> {
        let mut granted = self
            .granted
            .patterns
            .iter()
            .filter(|pattern| pattern.matches(url))
            .peekable();
        if granted.peek().is_none() {
            return Err(Refusal::NotGranted);
        }
        // Scheme and port are the grant's affair; a manifest names hosts.
        let asked = self
            .asked
            .patterns
            .iter()
            .any(|pattern| pattern.matches_host(url));
        if asked || granted.any(|pattern| pattern.alone) {
            Ok(())
        } else {
            Err(Refusal::NotAskedFor)
        }
    }
}

#[cfg(test)]
#[path = "allow_list_tests.rs"]
mod tests;
