//! Addresses to listen on: read from the command line, and tried before anything is started.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpListener};

use anyhow::{Result, bail};

/// Reads `127.0.0.1:8470`.
///
/// # Errors
/// Says what is expected.
pub fn parse(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        "write an IP address and a port, such as 127.0.0.1:8470 or [::1]:8470; names such as `localhost` are not looked up".to_owned()
    })
}

/// Listens for a moment, so that what is wrong with the address is said before a plugin is compiled.
///
/// # Errors
/// Names the cause and what to choose instead.
pub fn check(bind: SocketAddr) -> Result<()> {
    let Err(error) = TcpListener::bind(bind) else {
        return Ok(());
    };
    match error.kind() {
        ErrorKind::AddrInUse => bail!(
            "another program listens on {bind} already; end it, or choose another port with --bind ({}:0 takes any free one)",
            bind.ip()
        ),
        ErrorKind::AddrNotAvailable => bail!(
            "this machine has no address {}, so nobody can listen on {bind}; choose one of its own with --bind, such as 127.0.0.1:{}",
            bind.ip(),
            bind.port()
        ),
        ErrorKind::PermissionDenied => bail!(
            "this user may not listen on port {}; choose one above 1023 with --bind",
            bind.port()
        ),
        _ => bail!("cannot listen on {bind} ({error}); choose another address with --bind"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(bind: SocketAddr) -> String {
        check(bind).unwrap_err().to_string()
    }

    #[test]
    fn a_busy_port_and_a_foreign_address_are_told_apart() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let error = refused(taken.local_addr().unwrap());
        assert!(error.contains("another program listens"), "{error}");
        assert!(error.contains("--bind"), "{error}");
        // Reserved for documentation: no machine has it.
        let error = refused("192.0.2.1:8480".parse().unwrap());
        assert!(error.contains("has no address 192.0.2.1"), "{error}");
        assert!(error.contains("--bind"), "{error}");
        check("127.0.0.1:0".parse().unwrap()).unwrap();
    }

    #[test]
    fn a_name_instead_of_an_address_is_told_what_is_expected() {
        assert_eq!(parse("[::1]:1").unwrap().port(), 1);
        for wrong in ["localhost:8480", "8480", "127.0.0.1", ""] {
            assert!(parse(wrong).unwrap_err().contains("127.0.0.1:8470"));
        }
    }
}
