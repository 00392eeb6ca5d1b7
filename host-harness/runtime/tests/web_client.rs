//! The real HTTP client against servers on loopback that behave well and badly. Above all: is `not-sent` never said of a request that arrived?
// Helpers outside of `#[test]` functions panic too.
#![allow(clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use job_board_host::contract::http::{ErrorCode, Header, HttpError, Reach};
use job_board_host::{AddressPolicy, HttpClient, Method, OutboundRequest, Url, WebClient};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;

/// What a server does after it has read a request's head and body.
#[derive(Clone, Copy)]
enum Then {
    Answer(&'static [u8]),
    /// Writes this and then nothing more, keeping the connection open.
    Stall(&'static [u8]),
    Close,
}

/// One server on loopback.
struct Server {
    address: SocketAddr,
    connections: Arc<AtomicU32>,
    last: Arc<Mutex<String>>,
}

impl Server {
    async fn start(then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicU32::new(0));
        let last = Arc::new(Mutex::new(String::new()));
        let (count, seen) = (connections.clone(), last.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(serve(stream, then, seen.clone()));
            }
        });
        Self {
            address,
            connections,
            last,
        }
    }

    fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    fn connections(&self) -> u32 {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, then: Then, seen: Arc<Mutex<String>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_lowercase()
                    .strip_prefix("content-length: ")
                    .map(str::to_owned)
            });
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                *seen.lock().await = text;
                break;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    match then {
        Then::Answer(bytes) => stream.write_all(bytes).await.unwrap(),
        Then::Stall(bytes) => {
            stream.write_all(bytes).await.unwrap();
            std::future::pending().await
        }
        Then::Close => {}
    }
}

fn client() -> WebClient {
    WebClient::new(AddressPolicy::AllowLoopback).unwrap()
}

fn get(url: Url) -> OutboundRequest {
    OutboundRequest {
        method: Method::Get,
        url,
        headers: Vec::new(),
        body: None,
        timeout: Duration::from_secs(30),
        max_response_bytes: 1_000,
    }
}

async fn failure(request: OutboundRequest) -> HttpError {
    client().send(request).await.err().unwrap()
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

#[tokio::test]
async fn a_request_goes_out_as_it_is_and_nothing_is_added() {
    let server = Server::start(Then::Answer(OK)).await;
    let header = |name: &str, value: &str| Header {
        name: name.to_owned(),
        value: value.to_owned(),
    };
    let mut request = get(server.url("/jobs?page=1"));
    request.method = Method::Put;
    request.headers = vec![
        header("Secret-Key", "s"),
        header("X-A", "1"),
        header("X-A", "2"),
    ];
    request.body = Some(b"{\"a\":1}".to_vec());
    let response = client().send(request).await.unwrap();
    assert_eq!(
        (response.status, response.body.as_slice()),
        (200, b"hi".as_slice())
    );
    let seen = server.last.lock().await.to_lowercase();
    assert!(seen.starts_with("put /jobs?page=1 http/1.1\r\n"), "{seen}");
    for line in [
        "secret-key: s\r\n",
        "x-a: 1\r\nx-a: 2\r\n",
        "content-length: 7\r\n",
    ] {
        assert!(seen.contains(line), "{line:?} in {seen}");
    }
    for name in [
        "accept-encoding",
        "cookie",
        "user-agent",
        "referer",
        "authorization",
        "transfer-encoding",
    ] {
        assert!(!seen.contains(&format!("\r\n{name}:")), "{name} in {seen}");
    }
}

#[tokio::test]
async fn an_empty_body_has_a_length_and_each_request_its_own_connection() {
    let server = Server::start(Then::Answer(OK)).await;
    let client = client();
    let mut request = get(server.url("/"));
    request.method = Method::Post;
    request.body = Some(Vec::new());
    client.send(request).await.unwrap();
    assert!(
        server
            .last
            .lock()
            .await
            .to_lowercase()
            .contains("content-length: 0\r\n")
    );
    client.send(get(server.url("/"))).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn every_status_is_an_answer_and_redirects_are_not_followed() {
    let server = Server::start(Then::Answer(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nSet-Cookie: a=b\r\nX-Latin: caf\xe9\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\0\0",
    ))
    .await;
    let response = client().send(get(server.url("/"))).await.unwrap();
    assert_eq!(response.status, 302);
    assert_eq!(
        response.body, b"\x1f\x8b\0\0",
        "content coding is left alone"
    );
    let latin = response
        .headers
        .iter()
        .find(|header| header.name == "x-latin")
        .unwrap();
    assert_eq!(latin.value, "caf\u{e9}");
    client().send(get(server.url("/"))).await.unwrap();
    assert!(!server.last.lock().await.to_lowercase().contains("cookie"));
}

#[tokio::test]
async fn too_long_an_answer_is_an_error_and_never_a_cut_body() {
    let announced = Server::start(Then::Stall(
        b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
    ))
    .await;
    let chunked = Server::start(Then::Stall(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nabcde\r\n",
    ))
    .await;
    for (server, limit) in [(announced, 1_000), (chunked, 9)] {
        let mut request = get(server.url("/"));
        request.max_response_bytes = limit;
        let error = failure(request).await;
        assert_eq!(
            (error.code, error.reach),
            (ErrorCode::ResponseTooLarge, Reach::MaybeSent),
            "{error:?}"
        );
    }
    let fits = Server::start(Then::Answer(OK)).await;
    let mut request = get(fits.url("/"));
    request.max_response_bytes = 2;
    assert_eq!(client().send(request).await.unwrap().body, b"hi");
}

#[tokio::test]
async fn what_reached_the_board_is_never_called_not_sent() {
    for (then, code) in [
        (Then::Close, ErrorCode::ConnectionLost),
        (
            Then::Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
            ErrorCode::ConnectionLost,
        ),
        (
            Then::Answer(b"this is not HTTP\r\n\r\n"),
            ErrorCode::ConnectionLost,
        ),
        (Then::Stall(b""), ErrorCode::Timeout),
        (
            Then::Stall(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
            ErrorCode::Timeout,
        ),
    ] {
        let server = Server::start(then).await;
        let mut request = get(server.url("/path?token=hush"));
        if code == ErrorCode::Timeout {
            request.timeout = Duration::from_millis(300);
        }
        let error = failure(request).await;
        assert_eq!(
            (error.code, error.reach),
            (code, Reach::MaybeSent),
            "{error:?}"
        );
        assert!(!error.detail.contains("hush"), "{error:?}");
        assert_eq!(server.connections(), 1, "and it was not repeated");
    }
}

#[tokio::test]
async fn without_a_connection_nothing_was_sent() {
    let closed = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = failure(get(Url::parse(&format!("http://{closed}/")).unwrap())).await;
    assert_eq!(
        (error.code, error.reach),
        (ErrorCode::Connect, Reach::NotSent),
        "{error:?}"
    );

    let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = plain.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = plain.accept().await {
            // What a server without TLS answers to a handshake.
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read(&mut [0; 1024]).await;
        }
    });
    let error = failure(get(Url::parse(&format!("https://{address}/")).unwrap())).await;
    assert_eq!(
        (error.code, error.reach),
        (ErrorCode::Tls, Reach::NotSent),
        "{error:?}"
    );

    let error = failure(get(Url::parse("http://name.invalid/").unwrap())).await;
    assert_eq!(
        (error.code, error.reach),
        (ErrorCode::Dns, Reach::NotSent),
        "{error:?}"
    );
}

#[tokio::test]
async fn the_hosts_own_network_is_out_of_reach() {
    let server = Server::start(Then::Answer(OK)).await;
    let port = server.address.port();
    let public_only = WebClient::new(AddressPolicy::PublicOnly).unwrap();
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
    ] {
        let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        let error = public_only.send(get(url)).await.err().unwrap();
        assert_eq!(
            (error.code, error.reach),
            (ErrorCode::Dns, Reach::NotSent),
            "{host}: {error:?}"
        );
    }
    assert_eq!(server.connections(), 0);
    let by_name = Url::parse(&format!("http://localhost:{port}/")).unwrap();
    assert_eq!(
        client().send(get(by_name)).await.unwrap().status,
        200,
        "and loopback works where it is allowed"
    );
}

#[tokio::test]
async fn what_the_library_below_cannot_carry_is_an_answer_and_reaches_nobody() {
    let server = Server::start(Then::Answer(OK)).await;
    let mut crowded = get(server.url("/"));
    // More names than the library's map of headers can hold.
    crowded.headers = (0..40_000)
        .map(|number| Header {
            name: format!("x-{number}"),
            value: String::new(),
        })
        .collect();
    let long = get(server.url(&format!("/{}", "a".repeat(70_000))));
    for (what, request) in [("headers", crowded), ("a URL", long)] {
        let error = failure(request).await;
        assert_eq!(
            (error.code, error.reach),
            (ErrorCode::InvalidRequest, Reach::NotSent),
            "{what}: {}",
            error.detail
        );
    }
    assert_eq!(server.connections(), 0);
    // The twin: long, and still a request.
    let mut fits = get(server.url(&format!("/{}", "a".repeat(6_000))));
    fits.headers = (0..100)
        .map(|number| Header {
            name: format!("x-{number}"),
            value: "1".to_owned(),
        })
        .collect();
    assert_eq!(client().send(fits).await.unwrap().status, 200);
}

#[tokio::test]
async fn an_answer_with_a_flood_of_headers_or_of_interim_answers_is_cut_off() {
    let flood = |line: &str, count: usize, end: &str| -> &'static [u8] {
        let text = format!("HTTP/1.1 200 OK\r\n{}{end}", line.repeat(count));
        Box::leak(text.into_bytes().into_boxed_slice())
    };
    for (what, answer) in [
        (
            "headers",
            flood("X-Flood: 1\r\n", 10_000, "Content-Length: 0\r\n\r\n"),
        ),
        (
            "names",
            flood("X-Flood-Number: 1\r\n", 200, "Content-Length: 0\r\n\r\n"),
        ),
    ] {
        let server = Server::start(Then::Stall(answer)).await;
        let error = failure(get(server.url("/"))).await;
        assert_eq!(
            (error.code, error.reach),
            (ErrorCode::ConnectionLost, Reach::MaybeSent),
            "{what}: {error:?}"
        );
    }
    // Interim answers without an end: the time-out of the whole exchange ends them.
    let interim: &'static [u8] = Box::leak(
        b"HTTP/1.1 103 Early Hints\r\n\r\n"
            .repeat(1_000)
            .into_boxed_slice(),
    );
    let server = Server::start(Then::Stall(interim)).await;
    let mut request = get(server.url("/"));
    request.timeout = Duration::from_millis(500);
    let error = failure(request).await;
    assert_eq!(
        (error.code, error.reach),
        (ErrorCode::Timeout, Reach::MaybeSent),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_answer_that_never_ends_its_head_is_cut_off() {
    // More than the client keeps of a head, and no end of it.
    let head: &'static [u8] = Box::leak(
        format!("HTTP/1.1 200 OK\r\nX-Flood: {}", "x".repeat(2 << 20))
            .into_bytes()
            .into_boxed_slice(),
    );
    let server = Server::start(Then::Stall(head)).await;
    let error = failure(get(server.url("/"))).await;
    assert_eq!(
        (error.code, error.reach),
        (ErrorCode::ConnectionLost, Reach::MaybeSent),
        "{error:?}"
    );
    assert!(error.detail.len() < 1_000, "{error:?}");
}

/// Tells this test's second process where the server is.
const ORIGIN_OF_CHILD: &str = "JOB_BOARD_TEST_ORIGIN";

/// Only the environment of a new process can be set without danger to the tests beside this one.
#[tokio::test]
async fn a_proxy_in_the_environment_is_not_used() {
    if let Ok(origin) = std::env::var(ORIGIN_OF_CHILD) {
        let url = Url::parse(&origin).unwrap();
        assert_eq!(client().send(get(url)).await.unwrap().body, b"hi");
        // The twin: a client that was not told otherwise does use it, so the environment is one that would be obeyed.
        rustls::crypto::ring::default_provider()
            .install_default()
            .unwrap();
        let other = reqwest::Client::builder().build().unwrap();
        assert_eq!(other.get(origin).send().await.unwrap().status(), 418);
        return;
    }
    let server = Server::start(Then::Answer(OK)).await;
    let proxy = Server::start(Then::Answer(
        b"HTTP/1.1 418 I'm a teapot\r\nContent-Length: 0\r\n\r\n",
    ))
    .await;
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "a_proxy_in_the_environment_is_not_used"])
        .env(ORIGIN_OF_CHILD, server.url("/").as_str())
        .env_remove("NO_PROXY")
        .env_remove("no_proxy");
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        child.env(name, proxy.url("/").as_str());
        child.env(name.to_lowercase(), proxy.url("/").as_str());
    }
    let done = child.output().await.unwrap();
    assert!(
        done.status.success(),
        "{}",
        String::from_utf8_lossy(&done.stdout)
    );
    assert_eq!((server.connections(), proxy.connections()), (1, 1));
}
