//! Name servers that lie, and peers that are not who they say they are. Each refusal stands beside the same request that passes.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use url::Url;

use super::*;

/// Gives one list of addresses after the other, the last one for ever, and counts how often it is asked.
struct NameServer {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl NameServer {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let addresses =
            |answer: &&[&str]| answer.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self {
            answers: answers.iter().map(addresses).collect(),
            asked: AtomicUsize::new(0),
        })
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl LookUp for NameServer {
    async fn addresses(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        Ok(self.answers[turn.min(self.answers.len() - 1)].clone())
    }
}

/// Answers each connection with 200 and the address that it listens on.
struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    fn plain(ip: Ipv4Addr, port: u16) -> Self {
        Self::start(ip, port, None)
    }

    fn with_tls(certificate: CertificateDer<'static>, key: &KeyPair) -> Self {
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .unwrap();
        Self::start(Ipv4Addr::LOCALHOST, 0, Some(Arc::new(config)))
    }

    fn start(ip: Ipv4Addr, port: u16, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind((ip, port)).unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                match &tls {
                    Some(config) => {
                        let peer = ServerConnection::new(Arc::clone(config)).unwrap();
                        answer(StreamOwned::new(peer, stream), address, &seen);
                    }
                    None => answer(stream, address, &seen),
                }
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

fn answer(mut stream: impl std::io::Read + std::io::Write, at: SocketAddr, seen: &AtomicUsize) {
    // A request without a body comes in one piece; a handshake that the client ends is an error.
    if !matches!(stream.read(&mut [0; 4096]), Ok(1..)) {
        return;
    }
    seen.fetch_add(1, Ordering::SeqCst);
    let body = at.ip().to_string();
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
    let _ = stream.write_all((head + &body).as_bytes());
    let _ = stream.flush();
}

fn client(
    policy: AddressPolicy,
    names: &Arc<NameServer>,
    roots: &[CertificateDer<'static>],
) -> WebClient {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root.clone()).unwrap();
    }
    WebClient::with_parts(policy, Arc::clone(names) as Arc<dyn LookUp>, store).unwrap()
}

fn get(url: &str) -> OutboundRequest {
    OutboundRequest {
        method: Method::Get,
        url: Url::parse(url).unwrap(),
        headers: Vec::new(),
        body: None,
        timeout: Duration::from_secs(30),
        max_response_bytes: 1_000,
    }
}

/// The body of the answer, or why there is none.
async fn fetch(client: &WebClient, url: &str) -> Result<String, (ErrorCode, Reach)> {
    match client.send(get(url)).await {
        Ok(response) => Ok(String::from_utf8(response.body).unwrap()),
        Err(error) => Err((error.code, error.reach)),
    }
}

const REFUSED: Result<String, (ErrorCode, Reach)> = Err((ErrorCode::Dns, Reach::NotSent));
const NOT_TRUSTED: Result<String, (ErrorCode, Reach)> = Err((ErrorCode::Tls, Reach::NotSent));

#[tokio::test]
async fn a_name_is_looked_up_once_a_request_and_the_connection_goes_to_the_address_that_was_judged()
{
    let first = Server::plain(Ipv4Addr::LOCALHOST, 0);
    let port = first.address.port();
    let second = Server::plain(Ipv4Addr::new(127, 0, 0, 2), port);
    let url = format!("http://board.example:{port}/");

    // Another answer to every question: whoever asks twice for one request lands on the second server.
    let names = NameServer::new(&[&["127.0.0.1"], &["127.0.0.2"], &["10.0.0.1"]]);
    let client = client(AddressPolicy::AllowLoopback, &names, &[]);
    assert_eq!(fetch(&client, &url).await.unwrap(), "127.0.0.1");
    assert_eq!((names.asked(), second.requests()), (1, 0));
    // A further request is judged anew, and nothing is remembered of the earlier address.
    assert_eq!(fetch(&client, &url).await.unwrap(), "127.0.0.2");
    assert_eq!(fetch(&client, &url).await, REFUSED);
    assert_eq!(
        (names.asked(), first.requests(), second.requests()),
        (3, 1, 1)
    );
}

#[tokio::test]
async fn a_public_name_that_leads_into_the_hosts_network_is_refused_before_a_connection_is_made() {
    let server = Server::plain(Ipv4Addr::LOCALHOST, 0);
    let url = format!("http://board.example:{}/", server.address.port());
    for address in [
        "127.0.0.1",
        "::1",
        "10.0.0.1",
        "169.254.169.254",
        "100.100.100.200",
        "fd00:ec2::254",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ] {
        let names = NameServer::new(&[&[address]]);
        let client = client(AddressPolicy::PublicOnly, &names, &[]);
        assert_eq!(fetch(&client, &url).await, REFUSED, "{address}");
        assert_eq!(names.asked(), 1, "{address}");
    }
    assert_eq!(server.requests(), 0);
    // The twin: the same name at the same server, where loopback is allowed.
    let names = NameServer::new(&[&["127.0.0.1"]]);
    let client = client(AddressPolicy::AllowLoopback, &names, &[]);
    assert_eq!(fetch(&client, &url).await.unwrap(), "127.0.0.1");
}

#[tokio::test]
async fn of_several_addresses_only_those_that_are_permitted_are_tried() {
    let server = Server::plain(Ipv4Addr::LOCALHOST, 0);
    let url = format!("http://board.example:{}/", server.address.port());
    let names = NameServer::new(&[&["10.0.0.1", "169.254.169.254", "127.0.0.1", "::ffff:7f00:1"]]);
    let client = client(AddressPolicy::AllowLoopback, &names, &[]);
    assert_eq!(fetch(&client, &url).await.unwrap(), "127.0.0.1");
    let names = NameServer::new(&[&[]]);
    let client = self::client(AddressPolicy::AllowLoopback, &names, &[]);
    assert_eq!(fetch(&client, &url).await, REFUSED, "no address at all");
}

/// A certificate authority of the test's own.
struct Authority {
    issuer: Issuer<'static, KeyPair>,
    root: CertificateDer<'static>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&key).unwrap().der().clone();
        Self {
            issuer: Issuer::new(params, key),
            root,
        }
    }

    fn server(&self, params: &CertificateParams) -> Server {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Server::with_tls(certificate.der().clone(), &key)
    }
}

fn named(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

#[tokio::test]
async fn a_peer_that_cannot_prove_its_name_gets_no_byte_of_the_request() {
    let (trusted, stranger) = (Authority::new(), Authority::new());
    let own_key = KeyPair::generate().unwrap();
    let own = named("board.example").self_signed(&own_key).unwrap();
    let mut expired = named("board.example");
    expired.not_after = date_time_ymd(2020, 1, 1);
    let mut not_yet = named("board.example");
    not_yet.not_before = date_time_ymd(4000, 1, 1);

    let names = NameServer::new(&[&["127.0.0.1"]]);
    let client = client(
        AddressPolicy::AllowLoopback,
        &names,
        &[trusted.root.clone()],
    );
    for (what, server) in [
        ("self-signed", Server::with_tls(own.der().clone(), &own_key)),
        (
            "another authority",
            stranger.server(&named("board.example")),
        ),
        ("another name", trusted.server(&named("other.example"))),
        ("a name below", trusted.server(&named("*.board.example"))),
        ("expired", trusted.server(&expired)),
        ("not valid yet", trusted.server(&not_yet)),
    ] {
        let url = format!(
            "https://board.example:{}/?token=hush",
            server.address.port()
        );
        assert_eq!(fetch(&client, &url).await, NOT_TRUSTED, "{what}");
        assert_eq!(server.requests(), 0, "{what}");
    }
    // The twin: the right name, signed by whom the client trusts.
    let server = trusted.server(&named("board.example"));
    let url = format!(
        "https://board.example:{}/?token=hush",
        server.address.port()
    );
    assert_eq!(fetch(&client, &url).await.unwrap(), "127.0.0.1");
}

#[tokio::test]
async fn the_client_of_a_platform_trusts_public_authorities_only() {
    let authority = Authority::new();
    let server = authority.server(&named("localhost"));
    let url = format!("https://localhost:{}/", server.address.port());
    let client = WebClient::new(AddressPolicy::AllowLoopback).unwrap();
    assert_eq!(fetch(&client, &url).await, NOT_TRUSTED);
    assert_eq!(server.requests(), 0);
}
