//! Fetching applicants' files: after the delivery's transaction, never inside it. Whatever becomes of a file, the candidate stays.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use job_board_host::contract::deliveries::File;
use job_board_host::contract::types::Disposition;

use super::{AppError, Platform};
use crate::board::{PluginError, convert};
use crate::domain::back_off::back_off_ms;
use crate::domain::cv::try_again;
use crate::domain::id::TenantId;
use crate::domain::text::Text;
use crate::store::cvs::{self, Errand, Fetched};

/// Longer than the plugin's deadline for one file, so that no second fetcher uses a one-time link meanwhile.
const CLAIM_MS: u64 = 30 * 60_000;

/// Largest file that is stored.
const MOST_FILE_BYTES: usize = 24 << 20;

/// What a round of fetching did.
#[derive(Default)]
pub struct Round {
    /// Links that were tried.
    pub tried: usize,
    /// Files that arrived.
    pub stored: usize,
    /// Links that failed, now or for good.
    pub failed: usize,
}

struct Setback {
    code: String,
    message: Text,
    another_try_can_help: bool,
    asked_ms: Option<u64>,
}

impl Platform {
    /// Fetches what is due; of one tenant, or of all. With `all` the waits after failures are ignored.
    pub async fn fetch_cvs(&self, tenant: Option<TenantId>, all: bool) -> Result<Round, AppError> {
        let (sealer, now) = (self.ports.sealer.clone(), self.now());
        let errands = self
            .store()
            .write(move |db| {
                cvs::claim(db, &sealer, tenant, all, now, now + CLAIM_MS).map_err(AppError::from)
            })
            .await?;
        let mut round = Round::default();
        for errand in errands {
            round.tried += 1;
            if self.fetch(errand).await? {
                round.stored += 1;
            } else {
                round.failed += 1;
            }
        }
        Ok(round)
    }

    async fn fetch(&self, errand: Errand) -> Result<bool, AppError> {
        let answer = self
            .plugin(errand.connection)?
            .fetch_cv(convert::attachment(&errand.attachment))
            .await;
        match answer.map_err(setback).and_then(accept) {
            Ok(fetched) => {
                let (sealer, now) = (self.ports.sealer.clone(), self.now());
                self.store()
                    .write(move |db| {
                        cvs::store(db, &sealer, &errand, &fetched, now).map_err(AppError::from)
                    })
                    .await?;
                Ok(true)
            }
            Err(setback) => {
                self.put_off(errand, setback).await?;
                Ok(false)
            }
        }
    }

    async fn put_off(&self, errand: Errand, setback: Setback) -> Result<(), AppError> {
        let now = self.now();
        let attempts = errand.attempts + 1;
        let again =
            setback.another_try_can_help && try_again(attempts, now, errand.attachment.expires_at);
        let next = again.then(|| now + back_off_ms(attempts, setback.asked_ms));
        self.store()
            .write(move |db| {
                cvs::note_failure(db, &errand, next, &setback.code, &setback.message)
                    .map_err(AppError::from)
            })
            .await
    }
}

/// The digest is taken here again: what is compared later must not rest on a plugin's word.
fn accept(file: File) -> Result<Fetched, Setback> {
    if file.content.len() > MOST_FILE_BYTES {
        return Err(Setback {
            code: "file-too-large".to_owned(),
            message: Text::new("Tệp quá lớn để lưu.", "The file is too large to be stored."),
            another_try_can_help: false,
            asked_ms: None,
        });
    }
    Ok(Fetched {
        name: file.name,
        media_type: file.media_type,
        sha256: hex::encode(Sha256::digest(&file.content)),
        content: Zeroizing::new(file.content),
    })
}

fn setback(error: PluginError) -> Setback {
    match error {
        PluginError::Failure(failure) => Setback {
            another_try_can_help: matches!(
                failure.disposition,
                Disposition::RetryLater | Disposition::InProgress | Disposition::Internal
            ),
            code: failure.code,
            message: convert::text(failure.message),
            asked_ms: failure.retry_after_ms,
        },
        PluginError::Stopped(why) => {
            tracing::error!(%why, "the plugin stopped while it fetched a file");
            Setback {
                code: "plugin-stopped".to_owned(),
                message: Text::new(
                    "Plugin đã dừng khi tải tệp. Hệ thống sẽ thử lại.",
                    "The plugin stopped while it fetched the file. It will be tried again.",
                ),
                another_try_can_help: true,
                asked_ms: None,
            }
        }
    }
}
