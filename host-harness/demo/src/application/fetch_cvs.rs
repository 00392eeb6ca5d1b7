//! Fetching applicants' files: after the delivery's transaction, never inside it. Whatever becomes of a file, the candidate stays.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use job_board_host::contract::deliveries::File;
use job_board_host::contract::types::Disposition;

use super::{AppError, Platform, token};
use crate::board::{PluginError, convert};
use crate::domain::cv::next_try;
use crate::domain::id::{CvId, TenantId};
use crate::domain::text::Text;
use crate::store::StoreError;
use crate::store::cvs::{self, Claim, Errand, Fetched};

/// Longer than the plugin's deadline for one file and the wait for the database, so that no second fetcher uses a one-time link meanwhile.
/// No longer than that: after a crash the file waits for the claim to end.
const CLAIM_MS: u64 = 3 * 60_000;

/// When to look again at a link that cannot be read: the operator may put the right key file back.
const UNREADABLE_MS: u64 = 3_600_000;

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
        let now = self.now();
        let due_by = if all { u64::MAX } else { now };
        let due = self
            .store()
            .read(move |db| cvs::due(db, tenant, due_by, now).map_err(AppError::from))
            .await?;
        let mut round = Round::default();
        for id in due {
            // One at a time: whoever stops here leaves everything else for others to take.
            if self.is_ending() {
                break;
            }
            let Some(errand) = self.claim(id, due_by).await? else {
                continue;
            };
            round.tried += 1;
            if self.fetch(errand).await? {
                round.stored += 1;
            } else {
                round.failed += 1;
            }
        }
        Ok(round)
    }

    async fn claim(&self, id: CvId, due_by: u64) -> Result<Option<Errand>, AppError> {
        let (sealer, now) = (self.ports.sealer.clone(), self.now());
        let claim = Claim {
            token: token::random()?,
            due_by,
            now,
            until: now + CLAIM_MS,
        };
        let claimed = self
            .store()
            .write(move |db| cvs::claim(db, &sealer, id, &claim))
            .await;
        match claimed {
            Err(error @ (StoreError::Sealed { .. } | StoreError::Corrupt { .. })) => {
                tracing::error!(cv = id.0, %error, "a stored link cannot be read");
                self.store()
                    .write(move |db| {
                        let next = now + UNREADABLE_MS;
                        cvs::note_unreadable(db, id, next, "unreadable", &unreadable())
                    })
                    .await?;
                Ok(None)
            }
            other => Ok(other?),
        }
    }

    async fn fetch(&self, errand: Errand) -> Result<bool, AppError> {
        let answer = self
            .plugin(errand.connection)?
            .fetch_cv(convert::attachment(&errand.attachment))
            .await;
        match answer.map_err(setback).and_then(accept) {
            Ok(fetched) => {
                let (sealer, now) = (self.ports.sealer.clone(), self.now());
                let tenant = errand.tenant;
                self.store()
                    .write(move |db| {
                        cvs::store(db, &sealer, &errand, &fetched, now).map_err(AppError::from)
                    })
                    .await?;
                self.tell(tenant);
                Ok(true)
            }
            Err(setback) => {
                self.put_off(errand, setback).await?;
                Ok(false)
            }
        }
    }

    async fn put_off(&self, errand: Errand, setback: Setback) -> Result<(), AppError> {
        let (attempts, expires_at) = (errand.attempts + 1, errand.attachment.expires_at);
        let next = setback
            .another_try_can_help
            .then(|| next_try(attempts, self.now(), setback.asked_ms, expires_at))
            .flatten();
        let message = if setback.another_try_can_help && next.is_none() {
            given_up(&setback.message)
        } else {
            setback.message
        };
        let tenant = errand.tenant;
        self.store()
            .write(move |db| {
                cvs::note_failure(db, &errand, next, &setback.code, &message)
                    .map_err(AppError::from)
            })
            .await?;
        self.tell(tenant);
        Ok(())
    }
}

fn unreadable() -> Text {
    Text::new(
        "Không đọc được đường dẫn đã lưu. Người vận hành hãy kiểm tra khóa mã hóa; hoặc mở hồ sơ trên trang tuyển dụng để tải tệp.",
        "The stored link cannot be read. Let the operator look after the encryption key, or open the profile at the board to download the file.",
    )
}

/// A message that speaks of later tries is wrong once there will be none.
fn given_up(last: &Text) -> Text {
    Text::new(
        format!(
            "Đã thử nhiều lần nhưng không tải được tệp trước khi đường dẫn hết hạn; hệ thống không thử nữa. Hãy mở hồ sơ trên trang tuyển dụng để tải. Lần cuối: {}",
            last.vi
        ),
        format!(
            "The file could not be fetched before its link ended; no further try will be made. Open the profile at the board to download it. The last try: {}",
            last.en
        ),
    )
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
            // A setting, such as a host that was not granted, may be mended while the link still lives.
            another_try_can_help: matches!(
                failure.disposition,
                Disposition::RetryLater
                    | Disposition::InProgress
                    | Disposition::FixSettings
                    | Disposition::Internal
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
