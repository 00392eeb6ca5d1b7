//! Typed records over a map of bytes: an envelope with a schema version, conditional saves, read-back after doubt.

use serde_json::Value as Json;

use super::fields::{self, Field};
use crate::contract::storage::{Precondition, StorageError};
use crate::contract::types::Disposition;
use crate::failure::{Failure, failure, named};
use crate::ports::Records;

/// A stored record's type.
pub trait Record: Field {
    /// The schema that this build writes. Fields that a reader does not know are ignored, so only a change of meaning raises it.
    const SCHEMA: u32;

    /// Turns data of an older schema into the present one.
    fn upgrade(_from: u32, data: Json) -> Json {
        data
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
    schema: u32,
    data: Json,
    version: String,
}

// The parts that know no type are kept apart from those that do: each record type would bring a copy of them into the component.
fn read(records: &dyn Records, key: &str) -> Result<Option<Read>, Failure> {
    let Some(entry) = records
        .get(key)
        .map_err(|error| storage_failure(key, &error))?
    else {
        return Ok(None);
    };
    let Ok(Json::Object(mut envelope)) = serde_json::from_slice::<Json>(&entry.value) else {
        return Err(unreadable(key));
    };
    let schema = envelope.get("schema").and_then(Json::as_u64);
    match (
        schema.and_then(|schema| u32::try_from(schema).ok()),
        envelope.remove("data"),
    ) {
        (Some(schema), Some(data)) => Ok(Some(Read {
            schema,
            data,
            version: entry.version,
        })),
        _ => Err(unreadable(key)),
    }
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

/// Reads one record. A record that cannot be read is named in the failure; nothing is thrown away.
pub fn load<T: Record>(records: &dyn Records, key: &str) -> Result<Option<Stored<T>>, Failure> {
    let Some(read) = read(records, key)? else {
        return Ok(None);
    };
    let data = if read.schema < T::SCHEMA {
        T::upgrade(read.schema, read.data)
    } else {
        read.data
    };
    match T::read(&data) {
        Some(value) => Ok(Some(Stored {
            value,
            version: read.version,
        })),
        None => Err(unreadable(key)),
    }
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
    write(records, key, T::SCHEMA, value.write(), precondition)
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
    rewrite::<T>(records, key, &mut |present| {
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
    change: Change<'_, T>,
) -> Result<(), Failure> {
    // A loser of a race has always let somebody else win, so this ends soon; the bound is for a store that lies.
    for _ in 0..16 {
        let (value, version) = match load::<T>(records, key)? {
            Some(stored) => (Some(stored.value), Some(stored.version)),
            None => (None, None),
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
