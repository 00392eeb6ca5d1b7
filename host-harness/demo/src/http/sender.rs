//! From where a request came, as far as that is known.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The last address that `X-Forwarded-For` names, which is the one that the proxy in front has seen; without one, who is connected.
///
/// Behind a proxy that does not set the header a sender can invent it, and so be counted as somebody else: never as more than that.
pub fn of(parts: &Parts) -> Option<IpAddr> {
    let forwarded = parts.headers.get_all(FORWARDED_FOR).iter().next_back();
    let named = forwarded
        .and_then(|value| value.to_str().ok()?.rsplit(',').next())
        .and_then(|address| address.trim().parse().ok());
    named.or_else(|| {
        let connected = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        connected.map(|ConnectInfo(address)| address.ip())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn sender(headers: &[&str]) -> Option<String> {
        let mut request = Request::builder();
        for header in headers {
            request = request.header(FORWARDED_FOR, *header);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let connected = SocketAddr::from(([127, 0, 0, 1], 9));
        parts.extensions.insert(ConnectInfo(connected));
        of(&parts).map(|address| address.to_string())
    }

    #[test]
    fn what_the_proxy_in_front_has_added_counts_and_not_what_the_sender_claims() {
        for (headers, expected) in [
            (&[][..], "127.0.0.1"),
            (&["203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1", "2001:db8::7"], "2001:db8::7"),
            (&["unknown"], "127.0.0.1"),
            (&["203.0.113.7, "], "127.0.0.1"),
        ] {
            assert_eq!(sender(headers).as_deref(), Some(expected), "{headers:?}");
        }
    }
}
