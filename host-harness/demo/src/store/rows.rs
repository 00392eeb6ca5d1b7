//! How the platform's types stand in columns.

use rusqlite::Row;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::StoreError;
use crate::domain::id::{
    ApplicationId, CandidateId, ConnectionId, CvId, DeliveryId, ErasureId, JobId, NoticeId,
    PostingRow, TenantId, UserId,
};
use crate::domain::text::Text;

macro_rules! columns {
    ($($name:ident),+ $(,)?) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(self.0))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                i64::column_result(value).map(Self)
            }
        }
    )+};
}

columns!(
    ApplicationId,
    CandidateId,
    ConnectionId,
    CvId,
    DeliveryId,
    ErasureId,
    JobId,
    NoticeId,
    PostingRow,
    TenantId,
    UserId,
);

/// SQLite counts in signed 64 bits. A moment beyond that (year 292 million) is stored as the largest.
pub(super) fn moment(moment: u64) -> i64 {
    i64::try_from(moment).unwrap_or(i64::MAX)
}

/// Reads a moment.
pub(super) fn get_moment(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    row.get(column)
        .map(|stored: i64| u64::try_from(stored).unwrap_or(0))
}

/// Reads a moment that may be absent.
pub(super) fn get_moment_option(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<u64>> {
    let stored: Option<i64> = row.get(column)?;
    Ok(stored.map(|stored| u64::try_from(stored).unwrap_or(0)))
}

/// Reads the columns `vi` and `en`.
pub(super) fn get_text(row: &Row<'_>) -> rusqlite::Result<Text> {
    Ok(Text {
        vi: row.get("vi")?,
        en: row.get("en")?,
    })
}

/// Reads the columns `vi` and `en`, absent together.
pub(super) fn get_text_option(row: &Row<'_>) -> rusqlite::Result<Option<Text>> {
    let vi: Option<String> = row.get("vi")?;
    let en: Option<String> = row.get("en")?;
    Ok(vi.zip(en).map(|(vi, en)| Text { vi, en }))
}

/// Writes a JSON column.
pub(super) fn json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt { what })
}

/// Reads a JSON column.
pub(super) fn from_json<T: DeserializeOwned>(
    what: &'static str,
    stored: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(stored).map_err(|_| StoreError::Corrupt { what })
}
