//! What a test can tell the guest to do. Arguments are words separated by spaces; answers are text.

use crate::bindings::hiring::job_board::storage::{Precondition, StorageError};
use crate::bindings::hiring::job_board::{clock, http, log, secrets, storage};

pub(crate) fn run(command: &str, argument: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(argument).into_owned();
    let mut words = text.split(' ');
    let mut word = || words.next().unwrap_or_default();
    match command {
        "echo" => argument.to_vec(),
        "now" => clock::now().to_string().into_bytes(),
        "trap" => panic!("told to"),
        "spin" => spin(),
        "grow" => grow(),
        "answer" => vec![b'a'; number(word())],
        "log" => write_lines(number(word())),
        // get URL [most bytes] [time-out in ms]
        "get" => exchange(request("GET", word(), Vec::new(), word(), word())),
        // post URL SIZE: a body of that size
        "post" => {
            let url = word();
            let body = vec![b'b'; number(word())];
            exchange(request("POST", url, body, "", ""))
        }
        // send METHOD URL HEADER [VALUE]: one header of that name
        "send" => {
            let (method, url, header, value) = (word(), word(), word(), word());
            let mut request = request(method, url, Vec::new(), "", "");
            request.headers.push(http::Header {
                name: header.to_owned(),
                value: if value.is_empty() { "1" } else { value }.to_owned(),
            });
            exchange(request)
        }
        // headers URL COUNT SIZE: so many headers with values of that size
        "headers" => {
            let mut request = request("GET", word(), Vec::new(), "", "");
            let (count, size) = (number(word()), number(word()));
            request.headers = (0..count)
                .map(|index| http::Header {
                    name: format!("x-{index}"),
                    value: "1".repeat(size),
                })
                .collect();
            exchange(request)
        }
        // get-many URL COUNT: the last answer
        "get-many" => {
            let (url, count) = (word(), number(word()));
            let mut last = Vec::new();
            for _ in 0..count {
                last = exchange(request("GET", url, Vec::new(), "", ""));
            }
            last
        }
        "storage-get" => entry(storage::get(word())),
        "storage-put" => version(storage::put(
            word(),
            word().as_bytes(),
            &precondition(word()),
        )),
        "storage-size" => version(storage::put(
            word(),
            &vec![0; number(word())],
            &Precondition::Any,
        )),
        // storage-flood COUNT BYTES: so many new records of that size; how many were written, and the last answer
        "storage-flood" => flood(number(word()), number(word())),
        "storage-delete" => done(storage::delete(word(), &precondition(word()))),
        "storage-list" => match storage::list_keys(word(), None, number(word()) as u32) {
            Ok(page) => page.keys.join(" ").into_bytes(),
            Err(error) => failed(&error),
        },
        "storage-many" => {
            let count = number(word());
            let mut last = Vec::new();
            for _ in 0..count {
                last = entry(storage::get("a"));
            }
            last
        }
        "secrets-get" => entry(secrets::get(word())),
        "secrets-put" => version(secrets::put(
            word(),
            word().as_bytes(),
            &precondition(word()),
        )),
        "secrets-delete" => done(secrets::delete(word(), &precondition(word()))),
        other => format!("no command {other}").into_bytes(),
    }
}

fn number(word: &str) -> usize {
    word.parse().unwrap_or(0)
}

fn spin() -> ! {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}

fn grow() -> ! {
    let mut kept: Vec<Vec<u8>> = Vec::new();
    loop {
        kept.push(std::hint::black_box(vec![1; 1 << 20]));
    }
}

fn write_lines(count: usize) -> Vec<u8> {
    for index in 0..count {
        let fields = [log::Field {
            name: "index".to_owned(),
            value: index.to_string(),
        }];
        log::write(log::Level::Info, "test.line", &fields);
    }
    Vec::new()
}

fn flood(count: usize, bytes: usize) -> Vec<u8> {
    let value = vec![0; bytes];
    let (mut written, mut last) = (0, Vec::new());
    for index in 0..count {
        let answer = storage::put(&format!("flood/{index}"), &value, &Precondition::Absent);
        written += usize::from(answer.is_ok());
        last = version(answer);
    }
    format!("{written} {}", String::from_utf8_lossy(&last)).into_bytes()
}

fn request(
    method: &str,
    url: &str,
    body: Vec<u8>,
    most_bytes: &str,
    timeout: &str,
) -> http::Request {
    http::Request {
        method: method.to_owned(),
        url: url.to_owned(),
        headers: Vec::new(),
        body: if body.is_empty() { None } else { Some(body) },
        timeout_ms: timeout.parse().unwrap_or(60_000),
        max_response_bytes: most_bytes.parse().unwrap_or(1 << 20),
    }
}

fn exchange(request: http::Request) -> Vec<u8> {
    match http::send(&request) {
        Ok(response) => format!(
            "{} {}",
            response.status,
            String::from_utf8_lossy(&response.body)
        ),
        Err(error) => format!("{:?} {:?}", error.code, error.reach),
    }
    .into_bytes()
}

fn precondition(word: &str) -> Precondition {
    match word {
        "" | "any" => Precondition::Any,
        "absent" => Precondition::Absent,
        version => Precondition::Version(version.to_owned()),
    }
}

fn entry(result: Result<Option<storage::Entry>, StorageError>) -> Vec<u8> {
    match result {
        Ok(None) => b"none".to_vec(),
        Ok(Some(entry)) => entry.value,
        Err(error) => failed(&error),
    }
}

fn version(result: Result<String, StorageError>) -> Vec<u8> {
    match result {
        Ok(version) => version.into_bytes(),
        Err(error) => failed(&error),
    }
}

fn done(result: Result<(), StorageError>) -> Vec<u8> {
    match result {
        Ok(()) => b"done".to_vec(),
        Err(error) => failed(&error),
    }
}

fn failed(error: &StorageError) -> Vec<u8> {
    match error {
        StorageError::PreconditionFailed => "precondition-failed",
        StorageError::InvalidKey => "invalid-key",
        StorageError::TooLarge => "too-large",
        StorageError::Quota => "quota",
        StorageError::Unavailable(_) => "unavailable",
    }
    .as_bytes()
    .to_vec()
}
