//! Any address and any redirect: what the plugin accepts, the host's URL parser reads the same way.
//!
//! The first line is an address, the second a `Location` found there. Further lines are patterns of an allow-list, for the host's check.

use topcv_plugin::address::{Address, Scheme, decoded, encoded};
use url::{Host, Url};

use super::input::lines;

/// See the module.
pub fn run(data: &[u8]) {
    let lines = lines(data);
    let text = lines.first().map_or("", String::as_str);
    let location = lines.get(1).map_or("", String::as_str);
    assert_eq!(decoded(&encoded(text)), text.as_bytes());
    check(text);
    let base = "https://www.topcv.vn/a/b?c";
    for base in [text, base] {
        let Some(address) = Address::parse(base) else {
            continue;
        };
        let Some(joined) = address.join(location) else {
            continue;
        };
        let expected = Url::parse(base).and_then(|url| url.join(location));
        let Ok(mut expected) = expected else {
            panic!("{base:?} and {location:?} lead to {joined}, and to nowhere for the host");
        };
        expected.set_fragment(None);
        assert_eq!(
            Url::parse(&joined.to_string()),
            Ok(expected),
            "{base:?} and {location:?} lead to {joined}"
        );
    }
}

fn check(text: &str) {
    let Some(address) = Address::parse(text) else {
        return;
    };
    let Ok(mut url) = Url::parse(text) else {
        panic!("{text:?} is an address, and none to the host");
    };
    url.set_fragment(None);
    let scheme = match address.scheme() {
        Scheme::Http => "http",
        Scheme::Https => "https",
    };
    assert_eq!(
        (scheme, host_of(&address), address.port()),
        (url.scheme(), url.host(), url.port()),
        "{text:?}"
    );
    assert_eq!(
        (address.path(), address.query()),
        (url.path(), url.query()),
        "{text:?}"
    );
    assert!(
        url.username().is_empty() && url.password().is_none(),
        "{text:?}"
    );
    assert_eq!(Url::parse(&address.to_string()), Ok(url), "{text:?}");
    assert_eq!(
        Address::parse(&address.to_string()),
        Some(address),
        "{text:?}: reading it again is another"
    );
}

/// Of the spellings of a version 6 address both keep or choose another one.
fn host_of(address: &Address) -> Option<Host<&str>> {
    let host = address.host();
    if let Some(inner) = host.strip_prefix('[') {
        return inner.trim_end_matches(']').parse().ok().map(Host::Ipv6);
    }
    Some(host.parse().map_or(Host::Domain(host), Host::Ipv4))
}
