//! Everything that is sealed in the database, column by column: what is under which key, and moving it to the key that encrypts now.

use job_board_host::{Census, KeyId};
use rusqlite::Connection;

use super::StoreError;
use super::seal::Sealer;

/// A batch ends after so many rows or bytes: then others may write.
const MOST_ROWS: usize = 50;
const MOST_BYTES: usize = 1 << 20;

/// A column of sealed values.
pub struct SealedColumn {
    table: &'static str,
    column: &'static str,
    /// The row's number.
    row: &'static str,
    /// The place that [`Sealer::seal`] was given, as an expression over the row.
    place: &'static str,
}

/// All of them.
pub const SEALED: [SealedColumn; 6] = [
    SealedColumn {
        table: "connections",
        column: "hook_sealed",
        row: "id",
        place: "'hook/' || tenant_id",
    },
    SealedColumn {
        table: "deliveries",
        column: "sealed",
        row: "id",
        place: "'delivery/' || connection_id || '/' || received_at",
    },
    SealedColumn {
        table: "unmatched",
        column: "sealed",
        row: "id",
        place: "'event/' || connection_id || '/' || event_id",
    },
    SealedColumn {
        table: "cvs",
        column: "sealed",
        row: "id",
        place: "'link/' || application_id || '/' || attachment_id",
    },
    SealedColumn {
        table: "cv_files",
        column: "sealed",
        row: "cv_id",
        place: "'file/' || cv_id",
    },
    SealedColumn {
        table: "erasures",
        column: "sealed",
        row: "id",
        place: "'erasure/' || id",
    },
];

/// One sealed value.
struct Sealed {
    row: i64,
    place: String,
    value: Vec<u8>,
}

/// What one batch did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Values that are now under the key that encrypts.
    pub moved: u64,
    /// Where the next batch begins. Absent: the column is done.
    pub next: Option<i64>,
}

impl SealedColumn {
    /// Values behind the row `after` that do not begin with `prefix`.
    fn others(
        &self,
        db: &Connection,
        prefix: &[u8],
        after: i64,
        mut each: impl FnMut(Sealed) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let Self {
            table,
            column,
            row,
            place,
        } = self;
        let mut statement = db.prepare_cached(&format!(
            "SELECT {row}, {place}, {column} FROM {table}
             WHERE {column} IS NOT NULL AND substr({column}, 1, {}) <> ?1 AND {row} > ?2 ORDER BY {row}",
            prefix.len()
        ))?;
        let mut rows = statement.query((prefix, after))?;
        while let Some(row) = rows.next()? {
            let sealed = Sealed {
                row: row.get(0)?,
                place: row.get(1)?,
                value: row.get(2)?,
            };
            if !each(sealed)? {
                break;
            }
        }
        Ok(())
    }

    /// Moves some values behind the row `after`. What no key opens is left alone.
    ///
    /// Takes its turn like every other writer: to be called in a transaction of its own.
    pub fn reseal(
        &self,
        db: &Connection,
        sealer: &Sealer,
        after: i64,
    ) -> Result<Batch, StoreError> {
        let current = current(sealer);
        let (mut found, mut bytes) = (Vec::new(), 0);
        self.others(db, &current.prefix(), after, |sealed| {
            bytes += sealed.value.len();
            found.push(sealed);
            Ok(found.len() < MOST_ROWS && bytes < MOST_BYTES)
        })?;
        let mut batch = Batch {
            moved: 0,
            next: found.last().map(|sealed| sealed.row),
        };
        let Self {
            table, column, row, ..
        } = self;
        let mut statement = db.prepare_cached(&format!(
            "UPDATE {table} SET {column} = ?2 WHERE {row} = ?1"
        ))?;
        for sealed in found {
            let plain = match sealer.open("value", &sealed.place, &sealed.value) {
                Ok(plain) => plain,
                Err(StoreError::Sealed { .. }) => continue,
                Err(error) => return Err(error),
            };
            let anew = sealer.seal(&sealed.place, &plain)?;
            statement.execute((sealed.row, anew))?;
            batch.moved += 1;
        }
        Ok(batch)
    }

    /// Counts what is under which key. Values under the key that encrypts are not opened: there are many, and nothing depends on them.
    fn count(
        &self,
        db: &Connection,
        sealer: &Sealer,
        census: &mut Census,
    ) -> Result<(), StoreError> {
        let current = current(sealer);
        let Self { table, column, .. } = self;
        let prefix = current.prefix();
        let under: i64 = db.query_row(
            &format!(
                "SELECT count(*) FROM {table} WHERE substr({column}, 1, {}) = ?1",
                prefix.len()
            ),
            [&prefix],
            |row| row.get(0),
        )?;
        if under > 0 {
            *census.readable.entry(current).or_default() += under.unsigned_abs();
        }
        self.others(db, &prefix, i64::MIN, |sealed| {
            let opens = sealer.open("value", &sealed.place, &sealed.value).is_ok();
            census.count(&sealed.value, opens);
            Ok(true)
        })
    }
}

/// What is sealed in the whole database, by key.
pub fn census(db: &Connection, sealer: &Sealer) -> Result<Census, StoreError> {
    let mut census = Census::default();
    for column in &SEALED {
        column.count(db, sealer, &mut census)?;
    }
    Ok(census)
}

/// Under which keys the values of a database are, without opening any.
pub fn key_ids(db: &Connection) -> rusqlite::Result<Vec<KeyId>> {
    let mut ids = Vec::new();
    for SealedColumn { table, column, .. } in &SEALED {
        let mut statement = db.prepare(&format!(
            "SELECT DISTINCT substr({column}, 1, 9) FROM {table} WHERE {column} IS NOT NULL"
        ))?;
        let found = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        for prefix in found {
            ids.extend(KeyId::of(&prefix?));
        }
    }
    ids.sort();
    ids.dedup();
    Ok(ids)
}

fn current(sealer: &Sealer) -> KeyId {
    sealer.keys().current()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    #[tokio::test]
    async fn every_column_that_is_sealed_is_known_here() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("platform.db")).unwrap();
        let found: Vec<(String, String)> = store
            .read(|db| {
                let mut statement = db.prepare(
                    "SELECT t.name, c.name FROM pragma_table_list t, pragma_table_info(t.name) c
                     WHERE t.schema = 'main' AND c.name LIKE '%sealed%' ORDER BY 1, 2",
                )?;
                let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
                Ok::<_, StoreError>(rows.collect::<Result<_, _>>()?)
            })
            .await
            .unwrap();
        let mut known: Vec<_> = SEALED
            .iter()
            .map(|sealed| (sealed.table.to_owned(), sealed.column.to_owned()))
            .collect();
        known.sort();
        assert_eq!(found, known);
    }
}
