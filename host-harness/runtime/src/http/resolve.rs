//! Which addresses may be connected to. A name that is granted may still point into the host's own network.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Addresses that may be connected to, whatever name led there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AddressPolicy {
    /// Only addresses of the public internet.
    #[default]
    PublicOnly,
    /// Also 127.0.0.0/8 and ::1, for a simulator on this machine. Never in production: the host's own services listen there.
    AllowLoopback,
}

impl AddressPolicy {
    /// Whether this address may be connected to.
    #[must_use]
    pub fn permits(self, address: IpAddr) -> bool {
        let public = match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        };
        public || (self == Self::AllowLoopback && address.is_loopback())
    }
}

/// A block of addresses: its first one and the number of leading bits.
type Block = (Ipv4Addr, u32);

/// IANA's registry of special addresses, and one cloud's metadata service that hides among public ones.
const NOT_PUBLIC_V4: [Block; 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // carrier NAT; another cloud's metadata service
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32), // Azure's metadata service
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local; most clouds' metadata service
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // 6to4 relays
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 4),      // multicast
    (Ipv4Addr::new(240, 0, 0, 0), 4),      // reserved, broadcast
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|(first, bits)| {
        let shift = 32 - bits;
        address.to_bits().checked_shr(shift) == first.to_bits().checked_shr(shift)
    })
}

/// Only 2000::/3 is handed out at all; that leaves out loopback, link-local, unique local, multicast, IPv4-mapped and NAT64 addresses.
/// Inside it, what carries an IPv4 address or is for documents is refused too.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let global = first & 0xe000 == 0x2000;
    let protocol_assignments = first == 0x2001 && second < 0x0200; // Teredo, ORCHID, benchmarks
    let documentation =
        (first == 0x2001 && second == 0x0db8) || (first == 0x3fff && second < 0x1000);
    let six_to_four = first == 0x2002;
    global && !protocol_assignments && !documentation && !six_to_four
}

/// A name led to no address that may be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResolveError {
    #[error("the name could not be resolved: {0}")]
    LookUp(io::Error),
    #[error("the name has no address")]
    NoAddress,
    #[error(
        "the name leads only to addresses that are refused (private, loopback, link-local, ...)"
    )]
    Refused,
}

/// Turns a name into addresses. A port of its own, so that a test can be a name server that lies.
#[async_trait]
pub(super) trait LookUp: Send + Sync {
    /// All addresses of the name. Asked once for each request.
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
pub(super) struct SystemLookUp;

#[async_trait]
impl LookUp for SystemLookUp {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address| address.ip()).collect())
    }
}

/// Looks names up, and hands on only what the policy permits: the connection goes to the very addresses that were judged.
#[derive(Clone)]
pub(super) struct FilteringResolver {
    pub(super) policy: AddressPolicy,
    pub(super) look_up: Arc<dyn LookUp>,
}

impl Resolve for FilteringResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { policy, look_up } = self.clone();
        Box::pin(async move {
            let found = look_up
                .addresses(name.as_str())
                .await
                .map_err(ResolveError::LookUp)?;
            if found.is_empty() {
                return Err(ResolveError::NoAddress.into());
            }
            // Port 0 stands for the URL's own.
            let permitted: Vec<SocketAddr> = found
                .into_iter()
                .filter(|address| policy.permits(*address))
                .map(|address| SocketAddr::new(address, 0))
                .collect();
            if permitted.is_empty() {
                return Err(ResolveError::Refused.into());
            }
            Ok(Box::new(permitted.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permits(policy: AddressPolicy, address: &str) -> bool {
        policy.permits(address.parse().unwrap())
    }

    #[test]
    fn only_the_public_internet() {
        for address in [
            "1.1.1.1",
            "103.1.2.3",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "168.63.129.15",
            "223.255.255.255",
            "2606:4700::1111",
            "2400:cb00::1",
            "2001:200::1",
            "2001:4860:4860::8888",
            "192.0.1.1",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.1",
            "11.0.0.1",
            "126.255.255.255",
            "128.0.0.1",
            "169.253.255.255",
            "169.255.0.1",
        ] {
            assert!(permits(AddressPolicy::PublicOnly, address), "{address}");
        }
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.0.1",
            "168.63.129.16",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.0.170",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "fec0::1",
            "febf::1",
            "fdff:ffff::1",
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "::ffff:0:127.0.0.1",
            "::7f00:1",
            "::a9fe:a9fe",
            "64:ff9b::7f00:1",
            "64:ff9b::808:808",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::1",
            "64:ff9b:1:ffff::a00:1",
            "100::1",
            "2001::1",
            "2001:0:7f00:1::",
            "2001:2::1",
            "2001:10::1",
            "2001:20::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fd20:ce::254",
            "::ffff:0:a9fe:a9fe",
            "64:ff9b:1:0:a9fe:a9fe::",
            "1fff::1",
            "4000::1",
            "e000::1",
            "ff0e::1",
        ] {
            assert!(!permits(AddressPolicy::PublicOnly, address), "{address}");
        }
    }

    #[test]
    fn loopback_only_when_the_operator_says_so() {
        for address in ["127.0.0.1", "127.9.9.9", "::1"] {
            assert!(permits(AddressPolicy::AllowLoopback, address), "{address}");
        }
        for address in [
            "10.0.0.1",
            "169.254.169.254",
            "::ffff:127.0.0.1",
            "0.0.0.0",
            "::",
        ] {
            assert!(!permits(AddressPolicy::AllowLoopback, address), "{address}");
        }
    }
}
