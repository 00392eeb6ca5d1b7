//! The HTTP client that sends deliveries, and asks whether a webhook URL is alive: one request, ten seconds, no redirects, no proxy.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;

use crate::SimulatorError;

/// How long a receiver may take (assumed).
const TIMEOUT: Duration = Duration::from_secs(10);
/// Most bytes of a receiver's answer that are kept.
const ANSWER_CAP: usize = 64 * 1024;

/// What came back from the webhook's URL.
#[derive(serde::Serialize)]
pub(crate) struct Reply {
    /// The HTTP status, if there was an answer.
    pub(crate) status: Option<u16>,
    /// The answer's text, cut at 64 KB.
    #[serde(rename = "response_body")]
    pub(crate) body: String,
    /// Why there was no answer.
    pub(crate) error: Option<String>,
}

/// Sends deliveries.
#[derive(Clone)]
pub(crate) struct Sender {
    client: reqwest::Client,
}

impl Sender {
    pub(crate) fn new() -> Result<Sender, SimulatorError> {
        let roots = rustls::RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| SimulatorError::Client(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(TIMEOUT)
            .build()
            .map_err(|error| SimulatorError::Client(error.to_string()))?;
        Ok(Sender { client })
    }

    /// One POST. Without a content type among `headers` it is JSON.
    pub(crate) async fn post(&self, url: &str, headers: &[(String, String)], body: Bytes) -> Reply {
        let mut request = self.client.post(url).body(body);
        let typed = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !typed {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(name, value);
        }
        reply_to(request).await
    }

    /// One GET: somebody checks whether the URL is alive.
    pub(crate) async fn get(&self, url: &str) -> Reply {
        reply_to(self.client.get(url)).await
    }
}

async fn reply_to(request: reqwest::RequestBuilder) -> Reply {
    match request.send().await {
        Err(error) => Reply {
            status: None,
            body: String::new(),
            error: Some(reason(&error)),
        },
        Ok(response) => {
            let status = Some(response.status().as_u16());
            let (body, error) = read_answer(response).await;
            Reply {
                status,
                body,
                error,
            }
        }
    }
}

fn reason(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer within 10 seconds"
    } else if error.is_connect() {
        "could not connect"
    } else if error.is_builder() {
        "the webhook URL or a header is not valid"
    } else {
        "the connection broke"
    };
    kind.to_owned()
}

async fn read_answer(response: reqwest::Response) -> (String, Option<String>) {
    let mut kept = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        match chunk {
            Ok(chunk) => kept.extend_from_slice(&chunk),
            Err(error) => {
                return (
                    String::from_utf8_lossy(&kept).into_owned(),
                    Some(reason(&error)),
                );
            }
        }
        if kept.len() >= ANSWER_CAP {
            kept.truncate(ANSWER_CAP);
            break;
        }
    }
    (String::from_utf8_lossy(&kept).into_owned(), None)
}
