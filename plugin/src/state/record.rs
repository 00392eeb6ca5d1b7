//! Typed records over a map of bytes: an envelope with a schema version, conditional saves, read-back after doubt.

use serde_json::Value as Json;

use super::fields::{self, Field};
use super::format;
use crate::contract::storage::{Precondition, StorageError};
use crate::contract::types::Disposition;
use crate::failure::{Failure, failure, named};
use crate::ports::Records;

/// A stored record's type.
///
/// Every stored object says its schema. An unknown member changes nothing and is kept ([`fields::Rest`]), so only a change of what is known raises
/// the schema, and then there is an [`Self::upgrade`] and a [`Self::downgrade`]: a release goes on writing the schema of the one before until
/// the operator finalises it ([`mod@format`]), so that hosts can go back while postings are live.
pub trait Record: Field {
    /// The newest schema that this build reads.
    const SCHEMA: u32;

    /// The record format from which on [`Self::SCHEMA`] is written; before it the schema below.
    const SINCE: u32 = 1;

    /// Turns data of an older schema into the newest.
    fn upgrade(_from: u32, data: Json) -> Json {
        data
    }

    /// Turns data of the newest schema into the one below.
    fn downgrade(data: Json) -> Json {
        data
    }

    /// Reads data of the newest schema.
    fn from_stored(data: Json) -> Option<Self> {
        Self::read(&data)
    }

    /// Writes data of the newest schema.
    fn to_stored(&self) -> Json {
        self.write()
    }
}

/// A record as it was read, with the version that a later save depends on.
#[derive(Debug, Clone)]
pub struct Stored<T> {
    /// The record.
    pub value: T,
    /// Opaque; from the host.
    pub version: String,
}

/// Why a save did not happen.
#[derive(Debug)]
pub enum SaveError {
    /// Somebody else wrote first. Read again and decide again.
    Raced,
    /// The store does not work.
    Failed(Failure),
}

impl From<SaveError> for Failure {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Raced => failure(
                Disposition::InProgress,
                "raced",
                "Một thao tác khác vừa thay đổi dữ liệu này. Hãy thử lại.",
                "Another action has just changed this record. Try again.",
            )
            .with(|it| it.retry_after_ms = Some(500)),
            SaveError::Failed(failure) => failure,
        }
    }
}

/// What stands under a key, before it becomes a type.
struct Read {
    version: String,
    /// Schema and data. `None`: neither can be found in it.
    content: Option<(u32, Json)>,
}

// The parts that know no type are kept apart from those that do: each record type would bring a copy of them into the component.
fn read(records: &dyn Records, key: &str, newest: u32) -> Result<Option<Read>, Failure> {
    let Some(entry) = records
        .get(key)
        .map_err(|error| storage_failure(key, &error))?
    else {
        return Ok(None);
    };
    let content = match serde_json::from_slice::<Json>(&entry.value) {
        Ok(Json::Object(mut envelope)) => {
            let schema = envelope.get("schema").and_then(Json::as_u64);
            match (schema, envelope.remove("data")) {
                (Some(schema), _) if schema > u64::from(newest) => return Err(too_new(key)),
                (Some(schema), Some(data)) => Some((schema as u32, data)),
                _ => None,
            }
        }
        _ => None,
    };
    Ok(Some(Read {
        version: entry.version,
        content,
    }))
}

fn write(
    records: &dyn Records,
    key: &str,
    schema: u32,
    data: Json,
    precondition: &Precondition,
) -> Result<String, SaveError> {
    let bytes = fields::object(vec![("schema", schema.write()), ("data", data)])
        .to_string()
        .into_bytes();
    match records.put(key, &bytes, precondition) {
        Ok(version) => Ok(version),
        Err(StorageError::PreconditionFailed) => Err(SaveError::Raced),
        Err(error @ StorageError::Unavailable(_)) => match records.get(key) {
            Ok(Some(entry)) if entry.value == bytes => Ok(entry.version),
            _ => Err(SaveError::Failed(storage_failure(key, &error))),
        },
        Err(error) => Err(SaveError::Failed(storage_failure(key, &error))),
    }
}

/// A key's version and its record; `None` for the record: what stands there cannot be read.
type Opened<T> = Option<(String, Option<T>)>;

fn open<T: Record>(records: &dyn Records, key: &str) -> Result<Opened<T>, Failure> {
    let Some(read) = read(records, key, T::SCHEMA)? else {
        return Ok(None);
    };
    let value = read.content.and_then(|(schema, data)| {
        T::from_stored(if schema < T::SCHEMA {
            T::upgrade(schema, data)
        } else {
            data
        })
    });
    Ok(Some((read.version, value)))
}

/// Reads one record. A record that cannot be read, or was written in a later format, is named in the failure; nothing is thrown away.
pub fn load<T: Record>(records: &dyn Records, key: &str) -> Result<Option<Stored<T>>, Failure> {
    match open::<T>(records, key)? {
        None => Ok(None),
        Some((version, Some(value))) => Ok(Some(Stored { value, version })),
        Some((_, None)) => Err(unreadable(key)),
    }
}

/// As [`load`], for a record that others do not depend on. `Err` inside: it cannot be read; nobody else has to stop for that.
pub fn load_or_broken<T: Record>(
    records: &dyn Records,
    key: &str,
) -> Result<Result<Option<Stored<T>>, Failure>, Failure> {
    match load(records, key) {
        Err(failure) if is_broken(&failure) => Ok(Err(failure)),
        other => other.map(Ok),
    }
}

/// Whether the failure is about what stands in a record, and not about the store.
pub fn is_broken(failure: &Failure) -> bool {
    matches!(
        failure.code.as_str(),
        "record-unreadable" | "record-too-new"
    )
}

/// Writes one record and answers its new version.
///
/// When the store cannot say whether the write happened, it is read back: found as written counts as written.
pub fn save<T: Record>(
    records: &dyn Records,
    key: &str,
    value: &T,
    precondition: &Precondition,
) -> Result<String, SaveError> {
    let (mut schema, mut data) = (T::SCHEMA, value.to_stored());
    if T::SINCE > 1 && format::in_force(records).map_err(SaveError::Failed)? < T::SINCE {
        schema -= 1;
        data = T::downgrade(data);
    }
    write(records, key, schema, data, precondition)
}

/// Saves over the state that was read, or onto nothing when nothing was there.
pub fn save_over<T: Record>(
    records: &dyn Records,
    key: &str,
    read: Option<&str>,
    value: &T,
) -> Result<String, SaveError> {
    let precondition = match read {
        Some(version) => Precondition::Version(version.to_owned()),
        None => Precondition::Absent,
    };
    save(records, key, value, &precondition)
}

/// Removes one record in the state that was read.
pub fn remove(records: &dyn Records, key: &str, version: &str) -> Result<(), SaveError> {
    match records.delete(key, &Precondition::Version(version.to_owned())) {
        Ok(()) => Ok(()),
        Err(StorageError::PreconditionFailed) => Err(SaveError::Raced),
        Err(error @ StorageError::Unavailable(_)) => match records.get(key) {
            Ok(None) => Ok(()),
            _ => Err(SaveError::Failed(storage_failure(key, &error))),
        },
        Err(error) => Err(SaveError::Failed(storage_failure(key, &error))),
    }
}

/// Reads, lets `change` decide, and saves; again from the start when somebody else wrote meanwhile.
///
/// `change` gets the present record, if there is one. `None` as its first answer means: leave it.
pub fn modify<T: Record, R>(
    records: &dyn Records,
    key: &str,
    mut change: impl FnMut(Option<T>) -> Result<(Option<T>, R), Failure>,
) -> Result<R, Failure> {
    let mut result = None;
    rewrite::<T>(records, key, false, &mut |present| {
        let (next, answer) = change(present)?;
        result = Some(answer);
        Ok(next)
    })?;
    result.ok_or_else(|| SaveError::Raced.into())
}

/// As [`modify`], for what can be entered anew: a record that cannot be read counts as none and is written over. Not one of a later format.
pub fn modify_or_replace<T: Record, R>(
    records: &dyn Records,
    key: &str,
    mut change: impl FnMut(Option<T>) -> Result<(Option<T>, R), Failure>,
) -> Result<R, Failure> {
    let mut result = None;
    rewrite::<T>(records, key, true, &mut |present| {
        let (next, answer) = change(present)?;
        result = Some(answer);
        Ok(next)
    })?;
    result.ok_or_else(|| SaveError::Raced.into())
}

/// The present record's next state; `None` leaves it.
type Change<'a, T> = &'a mut dyn FnMut(Option<T>) -> Result<Option<T>, Failure>;

fn rewrite<T: Record>(
    records: &dyn Records,
    key: &str,
    replace: bool,
    change: Change<'_, T>,
) -> Result<(), Failure> {
    // A loser of a race has always let somebody else win, so this ends soon; the bound is for a store that lies.
    for _ in 0..16 {
        let (version, value) = match open::<T>(records, key)? {
            None => (None, None),
            Some((_, None)) if !replace => return Err(unreadable(key)),
            Some((version, value)) => (Some(version), value),
        };
        let Some(next) = change(value)? else {
            return Ok(());
        };
        match save_over(records, key, version.as_deref(), &next) {
            Ok(_) => return Ok(()),
            Err(SaveError::Raced) => {}
            Err(SaveError::Failed(failure)) => return Err(failure),
        }
    }
    Err(SaveError::Raced.into())
}

fn unreadable(key: &str) -> Failure {
    failure(
        Disposition::Internal,
        "record-unreadable",
        "Một bản ghi đã lưu không đọc được. Hãy báo cho người quản trị hệ thống.",
        "A stored record cannot be read. Tell the operator; restore it from a backup.",
    )
    .with(|it| it.extra = vec![named("record", key)])
}

fn too_new(key: &str) -> Failure {
    failure(
        Disposition::Internal,
        "record-too-new",
        "Một bản ghi đã được lưu bởi phiên bản plugin mới hơn. Không có gì bị thay đổi. Hãy báo người quản trị hệ thống nâng cấp plugin trở lại phiên bản mới.",
        "A stored record was written by a later version of the plugin. Nothing was changed. Ask the operator to upgrade the plugin again.",
    )
    .with(|it| it.extra = vec![named("record", key)])
}

/// What a store's error means to the caller.
pub fn storage_failure(key: &str, error: &StorageError) -> Failure {
    let (disposition, code) = match error {
        StorageError::PreconditionFailed => (Disposition::InProgress, "raced"),
        StorageError::InvalidKey => (Disposition::Internal, "storage-invalid-key"),
        StorageError::TooLarge => (Disposition::Internal, "storage-too-large"),
        StorageError::Quota => (Disposition::RetryLater, "storage-quota"),
        StorageError::Unavailable(_) => (Disposition::RetryLater, "storage-unavailable"),
    };
    failure(
            disposition,
            code,
            "Hệ thống lưu trữ chưa dùng được lúc này. Hãy thử lại sau; nếu còn lỗi, báo cho người quản trị hệ thống.",
            "Storage does not work right now. Try again later; if it goes on, tell the operator.",
        ).with(|it| it.extra = vec![named("record", key)])
}
