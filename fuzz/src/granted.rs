//! The host's allow-list with any patterns and any address: what passes is what a person would read in the pattern.

use url::Url;

use super::allow_list::{AllowList, Gate};

/// The first line of the input is an address, those after the second are patterns.
pub fn run(data: &[u8]) {
    let lines: Vec<String> = data
        .split(|byte| *byte == b'\n')
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let Some(Ok(url)) = lines.first().map(|line| Url::parse(line)) else {
        // What is no pattern is refused, and never a panic.
        for line in &lines {
            let _ = AllowList::parse(&[line]);
        }
        return;
    };
    let patterns: Vec<&str> = lines
        .iter()
        .skip(2)
        .map(String::as_str)
        .filter(|pattern| AllowList::parse(&[pattern]).is_ok())
        .collect();
    let list = || AllowList::parse(&patterns).unwrap_or_default();
    let readable = patterns.iter().any(|pattern| reads_as(pattern, &url));
    assert_eq!(
        Gate::new(list(), list()).admits(&url).is_ok(),
        readable,
        "{url} and {patterns:?}"
    );
    assert!(
        Gate::new(list(), AllowList::none()).admits(&url).is_err(),
        "{url}: nothing was granted"
    );
    if Gate::new(AllowList::none(), list()).admits(&url).is_ok() {
        let alone = patterns.iter().any(|pattern| {
            reads_as(pattern, &url)
                && (pattern.starts_with("unasked:")
                    || (pattern.contains("://") && is_loopback(&url)))
        });
        assert!(alone, "{url} passes unasked by {patterns:?}");
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Scheme, host and port of the pattern against those of the address, by plain text.
fn reads_as(pattern: &str, url: &Url) -> bool {
    let pattern = pattern.strip_prefix("unasked:").unwrap_or(pattern);
    let (scheme, rest) = pattern.split_once("://").unwrap_or(("https", pattern));
    let (below, rest) = match rest.strip_prefix("*.") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let Ok(meant) = Url::parse(&format!("{scheme}://{rest}/")) else {
        return false;
    };
    let (Some(meant_host), Some(host)) = (meant.host_str(), url.host_str()) else {
        return false;
    };
    let fits = if below {
        host.strip_suffix(meant_host)
            .is_some_and(|start| start.len() > 1 && start.ends_with('.'))
    } else {
        host == meant_host
    };
    fits && meant.scheme() == url.scheme()
        && meant.port_or_known_default() == url.port_or_known_default()
}
