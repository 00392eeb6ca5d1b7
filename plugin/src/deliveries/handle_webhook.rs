//! One delivery: is it alive, readable, ours, signed; and then what happened.

use super::application::{self, Incoming};
use super::raw::{Fields, Literal, MOST_BYTES, RawError};
use super::verdict::{self, Verdict, known_posting};
use super::{answer, identity};
use crate::contract::deliveries::{Delivery, Outcome};
use crate::contract::events::{Event, Happening, OtherEvent};
use crate::contract::log::Level;
use crate::contract::types::{Disposition, FieldProblem, NamedValue};
use crate::failure::{Failure, failure, named, problem, text};
use crate::ports::Ports;
use crate::state::connection::ConnectionRecord;
use crate::state::credentials::{CredentialsRecord, KeyKind};
use crate::state::record;
use crate::topcv::client::protocol_of;
use crate::topcv::protocol::Protocol;
use crate::topcv::signature;

/// The most of an unknown event's name that is passed on.
const MOST_KIND: usize = 100;

/// Why a delivery brings no events.
enum Stop {
    NoEffect { to_head: bool },
    Refused(u16, Failure),
    TryAgain(Failure),
}

impl From<Failure> for Stop {
    /// Nothing below has anything against the delivery itself: storage or the board did not work.
    fn from(failure: Failure) -> Self {
        Self::TryAgain(failure)
    }
}

/// Reads a delivery and says what happened. Never a failure, whatever the bytes; the same delivery gives the same events.
pub fn handle_webhook(ports: Ports<'_>, delivery: &Delivery) -> Outcome {
    match receive(ports, delivery) {
        Ok((event, extra)) => answer::accepted(vec![event], extra),
        Err(Stop::NoEffect { to_head }) => answer::no_effect(to_head),
        Err(Stop::Refused(status, failure)) => {
            ports
                .log
                .write(Level::Warn, "delivery.refused", &[("code", &failure.code)]);
            answer::refused(status, failure)
        }
        Err(Stop::TryAgain(failure)) => {
            ports.log.write(
                Level::Warn,
                "delivery.try-again",
                &[("code", &failure.code)],
            );
            answer::try_again(failure)
        }
    }
}

fn receive(ports: Ports<'_>, delivery: &Delivery) -> Result<(Event, Vec<NamedValue>), Stop> {
    match delivery.method.to_ascii_uppercase().as_str() {
        "POST" => {}
        "GET" => return Err(Stop::NoEffect { to_head: false }),
        "HEAD" => return Err(Stop::NoEffect { to_head: true }),
        _ => return Err(Stop::Refused(405, method_not_allowed())),
    }
    if delivery.body.trim_ascii().is_empty() {
        return Err(Stop::NoEffect { to_head: false });
    }
    if delivery.body.len() > MOST_BYTES {
        return Err(Stop::Refused(413, too_large()));
    }
    let fields =
        Fields::read(&delivery.body).map_err(|error| Stop::Refused(400, unreadable(error)))?;
    let (connection, _) = ConnectionRecord::load(ports)?;
    let credentials = match CredentialsRecord::in_use(ports, &connection) {
        Ok(stored) => stored.value,
        Err(failure) => {
            return Err(match failure.code.as_str() {
                "not-configured" => Stop::Refused(410, failure),
                // Set aside: it can be processed again when the keys were entered again.
                "credentials-lost" => Stop::Refused(503, failure),
                _ => Stop::TryAgain(failure),
            });
        }
    };
    let protocol = protocol_of(&connection);

    let event_type = match fields.get("event_type") {
        Literal::Text(event_type) if !event_type.trim().is_empty() => event_type.as_str(),
        Literal::Number(_) | Literal::Other(_) => {
            return Err(malformed(vec![wrong_kind("event_type")]));
        }
        Literal::Text(_) | Literal::Absent | Literal::Null => {
            let event = flat_profile(ports, &protocol, &fields, delivery)?;
            return Ok((event, Vec::new()));
        }
    };
    let Some(signed) = signature::signed_fields(event_type) else {
        return Ok((unknown(event_type, &fields, delivery), Vec::new()));
    };

    let board_posting = check_fields(&fields, signed)?;
    let values = signed
        .iter()
        .map(|name| (*name, fields.get(name).signed_text().unwrap_or("")));
    let canonical = signature::canonical_text(event_type, values);
    let given = match fields.get("signature") {
        Literal::Text(given) => given.as_str(),
        _ => "",
    };
    let kind = signature::verify(
        &protocol,
        &credentials,
        delivery.received_at,
        &canonical,
        given,
    )
    .ok_or_else(|| Stop::Refused(401, signature_wrong()))?;
    note_key(ports, &connection, kind)?;

    let event = match Verdict::of_event_type(event_type) {
        Some(verdict) => {
            verdict::read(ports, verdict, &fields, board_posting, delivery.received_at)?
        }
        None => application(ports, &protocol, &fields, board_posting, delivery, true)?,
    };
    Ok((event, vec![named("signature-key", kind.name())]))
}

/// The posting's id, when it and everything else that is signed has a text.
fn check_fields<'a>(fields: &'a Fields, signed: &[&str]) -> Result<&'a str, Stop> {
    let mut problems: Vec<_> = signed
        .iter()
        .filter(|name| fields.get(name).signed_text().is_none())
        .map(|name| wrong_kind(name))
        .collect();
    match fields.get("job_id").said() {
        Some(job_id) if problems.is_empty() => return Ok(job_id),
        None if !matches!(fields.get("job_id"), Literal::Other(_)) => problems.push(problem(
            "job_id",
            "required",
            "Thông báo không cho biết tin tuyển dụng nào.",
            "The delivery does not say which posting it is about.",
        )),
        _ => {}
    }
    Err(malformed(problems))
}

/// Remembers and logs which key TopCV signs with: the answer to a question that its documents leave open.
fn note_key(ports: Ports<'_>, connection: &ConnectionRecord, kind: KeyKind) -> Result<(), Failure> {
    ports.log.write(
        Level::Info,
        "delivery.verified",
        &[("signature-key", kind.name())],
    );
    if connection.signature_key.as_deref() == Some(kind.name()) {
        return Ok(());
    }
    ConnectionRecord::modify(ports, |present| {
        let news = present.signature_key.as_deref() != Some(kind.name());
        present.signature_key = Some(kind.name().to_owned());
        news
    })
}

fn application(
    ports: Ports<'_>,
    protocol: &Protocol,
    fields: &Fields,
    board_posting: &str,
    delivery: &Delivery,
    verified: bool,
) -> Result<Event, Failure> {
    // An applicant is not to wait for a record to be repaired: the event then names the board's posting alone.
    let posting = known_posting(ports, board_posting).or_else(|failure| {
        if !record::is_broken(&failure) {
            return Err(failure);
        }
        ports.log.write(
            Level::Error,
            "delivery.posting-unreadable",
            &[("code", &failure.code)],
        );
        Ok(None)
    })?;
    let incoming = Incoming {
        fields,
        body: &delivery.body,
        board_posting,
        posting: posting.as_ref(),
        received_at: delivery.received_at,
        verified,
    };
    Ok(application::read(protocol, &incoming))
}

/// A profile without `event_type`, which three code bases know and nothing signs. Only where the operator has said so.
fn flat_profile(
    ports: Ports<'_>,
    protocol: &Protocol,
    fields: &Fields,
    delivery: &Delivery,
) -> Result<Event, Stop> {
    let speaks_of_a_person = [
        "candidate_name",
        "candidate_email",
        "candidate_phone",
        "download_url",
    ]
    .iter()
    .any(|name| fields.get(name).said().is_some());
    if !speaks_of_a_person {
        return Err(malformed(vec![problem(
            "event_type",
            "required",
            "Thông báo không cho biết loại sự kiện.",
            "The delivery does not say what kind of event it is.",
        )]));
    }
    let board_posting = check_fields(fields, &["job_id"])?;
    if !protocol.is_on("accept_flat_profile") {
        return Err(Stop::Refused(401, unsigned_profile()));
    }
    Ok(application(
        ports,
        protocol,
        fields,
        board_posting,
        delivery,
        false,
    )?)
}

/// Reported and never acted upon: nothing lost, nothing done, and no storm of repetitions.
fn unknown(event_type: &str, fields: &Fields, delivery: &Delivery) -> Event {
    let kind: String = crate::vietnam::person_name::display(event_type)
        .chars()
        .take(MOST_KIND)
        .collect();
    Event {
        id: identity::other_event(event_type, &delivery.body),
        board_posting: fields.get("job_id").said().unwrap_or("").to_owned(),
        happening: Happening::Other(OtherEvent {
            note: Some(text(
                format!(
                    "TopCV gửi một loại thông báo mà phiên bản này chưa biết: {kind}. Nội dung chưa được xác minh và không được xử lý."
                ),
                format!(
                    "TopCV sent a kind of message that this version does not know: {kind}. It is not verified and nothing was done."
                ),
            )),
            kind,
            json: String::from_utf8_lossy(&delivery.body).into_owned(),
        }),
        posting: None,
        job: None,
        review_round: None,
        board_time: None,
        received_at: delivery.received_at,
        extra: vec![named("verified", "no")],
    }
}

fn malformed(problems: Vec<FieldProblem>) -> Stop {
    let failure = failure(
        Disposition::FixInput,
        "malformed",
        "Thông báo nhận được thiếu hoặc sai kiểu dữ liệu ở một số trường.",
        "The delivery lacks fields, or some have the wrong type.",
    );
    Stop::Refused(400, failure.with(|it| it.problems = problems))
}

fn wrong_kind(field: &str) -> FieldProblem {
    problem(
        field,
        "wrong-kind",
        "Phải là chuỗi hoặc số.",
        "Must be a text or a number.",
    )
}

fn unreadable(error: RawError) -> Failure {
    let code = match error {
        RawError::NotUtf8 => "not-utf8",
        RawError::NotJson => "not-json",
        RawError::NotAnObject => "not-an-object",
        RawError::DuplicateKey => "duplicate-key",
        RawError::TooDeep => "too-deep",
    };
    failure(
        Disposition::FixInput,
        code,
        "Thông báo nhận được không phải là một đối tượng JSON hợp lệ.",
        format!("The delivery cannot be read: {error}."),
    )
}

fn too_large() -> Failure {
    failure(
        Disposition::FixInput,
        "too-large",
        "Thông báo nhận được lớn hơn 256 KiB.",
        "The delivery is larger than 256 KiB.",
    )
}

fn method_not_allowed() -> Failure {
    failure(
        Disposition::FixInput,
        "method-not-allowed",
        "Địa chỉ webhook chỉ nhận GET, HEAD và POST.",
        "The webhook URL takes GET, HEAD and POST only.",
    )
}

fn signature_wrong() -> Failure {
    failure(
        Disposition::FixSettings,
        "signature-wrong",
        "Chữ ký của thông báo không khớp với khóa nào đang lưu. Nếu đây là thông báo thật của TopCV, hãy kiểm tra cấu hình khóa ký rồi xử lý lại.",
        "The delivery's signature fits no stored key. If it does come from TopCV, check the setting of the signing key and process it again.",
    )
}

fn unsigned_profile() -> Failure {
    failure(
        Disposition::FixSettings,
        "unsigned-profile",
        "Nhận được hồ sơ ứng viên không có chữ ký. Người quản trị hệ thống có thể bật việc nhận loại hồ sơ này rồi xử lý lại.",
        "An applicant's profile without a signature arrived. The operator can switch such profiles on, and process it again.",
    )
}
