//! A fake TopCV with state, for tests and demonstrations.
//!
//! TopCV publishes no reference of its partner API, and calls to the real one cost money. This crate is the
//! other side for tests: a server over real HTTP with employers, postings, moderators, candidates, CV links
//! and signed webhooks, which answers every error that is known of TopCV on demand and keeps a **ledger** of
//! what really happened. It shares no code with any plugin and has its own wire types, so that the same
//! mistake is not made on both sides. It is strict where TopCV is known: a wrong type, an unknown id, an
//! unknown key or markup that TopCV would strip is a 422, not a shrug.
//!
//! ```
//! # async fn example() -> Result<(), topcv_simulator::SimulatorError> {
//! use topcv_simulator::{Simulator, SimulatorConfig};
//!
//! let simulator = Simulator::start(SimulatorConfig::default()).await?;
//! println!("partner API: {0}/api, control API: {0}/control", simulator.url());
//! simulator.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! # By curl
//!
//! ```text
//! cargo run -p topcv-simulator --example simulate -- 127.0.0.1:8480 &
//! S=http://127.0.0.1:8480
//! curl -s $S/control/employers -d '{"name":"Công ty An","access_token":"at","secret_key":"sk"}'   # employer 101
//! curl -s -X PATCH $S/control/employers/101 -d '{"webhook_url":"http://127.0.0.1:9000/hook"}'
//! curl -s $S/api/connect -H 'Secret-Key: sk' -H 'Content-Type: application/json' -d '{"employer_api_key":"at"}'
//! curl -s -X POST $S/control/employers/101/postings                                               # posting 1200001
//! curl -s -X POST $S/control/postings/1200001/approve
//! curl -s $S/control/postings/1200001/apply -d '{"name":"Lê Hòa","email":"hoa@example.com","phone":"0912345678"}'
//! curl -s $S/control/faults -d '{"operation":"create","kind":"drop_connection","when":"after"}'
//! curl -s $S/control/ledger
//! ```
//!
//! # In a browser (`/portal`)
//!
//! The same by hand: an employer's account with its keys and webhook URL, the moderators' queue, candidates who
//! apply with a file, faults, webhooks and the ledger, in Vietnamese and English. Every page says that it is a
//! simulator. `/` leads there, and so do a posting's `job_url` and an application's `cv_url`. Each click is a call
//! of the control API's own function. There is no password, so the portal opens only while the simulator listens
//! on a loopback address, under a loopback name, and takes only its own pages' forms (`Host`, `Origin` and a
//! token of this process are checked). A CV has at most 3 MB and must be a PDF, DOC, DOCX, RTF, PNG or JPG.
//!
//! # The partner API (`/api`) and CV links (`/cv`)
//!
//! | operation | request |
//! |---|---|
//! | connect, disconnect | `POST /api/connect`, `PUT /api/disconnect` with `{"employer_api_key"}` |
//! | check | `GET /api/check-connection` |
//! | metadata | `GET /api/metadata/{categories, skills, cities, job_types, employee_levels, experiences, genders}` |
//! | create, edit | `POST /api/jobs`, `PUT /api/jobs/{id}` |
//! | publish, stop | `POST /api/jobs/{id}/publish`, `…/stop` |
//! | detail, list | `GET /api/jobs/{id}`, `GET /api/jobs?page=&limit=` (at most 50) |
//! | download | `GET /cv/{token}` |
//!
//! All but connect and download need `Authorization: Bearer <session token>` and `Secret-Key`. Errors carry
//! `status`, `code`, `message` and, for 422, `field` and `errors`.
//!
//! What is **assumed** or unknown about TopCV, beyond the marks on the items themselves:
//! - every path but connect and disconnect; the messages; `status`, `code` and `field` beside the data;
//! - a new sign-in makes the earlier session token answer `SESSION_TIMEOUT`; one that was never given or was
//!   ended by disconnect answers `INVALID_TOKEN`; rotated credentials end the sessions;
//! - required keys: all but `position_title`, `skills`, `salary_level`, `gender`, `publish_request_days`,
//!   `job_tag_ids`, `recruitment_campaign_id` and `create_recruitment_campaign`; unknown keys are refused,
//!   but for the web form's four, those that the posting has already, and the read-only ones of the detail;
//! - both salaries 0 is "negotiable", one of them 0 is open-ended; amounts are read as integers or digits and
//!   answered as digits;
//! - an edit replaces the whole body (what it leaves out is gone), begins a review and keeps the campaign;
//! - a posting runs at once and costs a credit at create; with `publish_required` it is a draft until publish,
//!   and costs then; publish and stop of what is so already answer 200 and change nothing;
//! - a CV link works once and for 24 hours; webhooks go on after disconnect, signed by the last session token.
//!
//! # The control API (`/control`)
//!
//! A request that names an `Origin` other than this server (another site's page in a browser) is refused. Bodies
//! are JSON objects of at most 1 MB (5 MB for `apply`). Refusals are 4xx with
//! `{"error":{"code","message","field"}}` and change nothing. An optional key that is null counts as absent,
//! except where null is said to mean something.
//!
//! | request | body | answer |
//! |---|---|---|
//! | `POST /control/employers` | `name` and any setting | `employer_id`, `access_token`, `secret_key` |
//! | `GET /control/employers`, `GET …/{id}` | | settings, `connected`, `sessions` (count), `credits`, `held_deliveries` |
//! | `PATCH /control/employers/{id}` | settings | as GET |
//! | `POST /control/employers/{id}/check-webhook` | | `status`, `response_body`, `error` of one GET to the webhook URL |
//! | `POST /control/employers/{id}/postings` | posting keys, `extra` {any keys}, `run_status`, `approval_status` | `job_id`, `job_url` |
//! | `GET /control/employers/{id}/postings` | | `postings`, deleted ones too |
//! | `POST /control/employers/{id}/release` | `order`: `fifo`, `reverse` | `deliveries` |
//! | `GET /control/postings/{id}` | | everything, `history`, `review_round` |
//! | `PATCH /control/postings/{id}` | posting keys, `extra` | as GET |
//! | `POST /control/postings/{id}/approve`, `…/reject` {`reason`} | | `delivery` |
//! | `POST /control/postings/{id}/stop`, `…/expire`, `…/delete` | | `delivery`: null |
//! | `POST /control/postings/{id}/apply` | see below | `application_id`, `candidate_id`, `download_url`, `deliveries` |
//! | `POST /control/applications/{id}/again`, `…/open` | | as apply |
//! | `GET /control/deliveries?employer_id=` | | `deliveries` |
//! | `POST /control/deliveries/raw` | `employer_id`, `body_text` or `body_base64`, `headers`, `sign` | `delivery` |
//! | `POST /control/deliveries/{id}/resend` | | `delivery` |
//! | `POST`, `GET`, `DELETE /control/faults`, `DELETE …/{id}` | see below | `fault_id`; `faults`; `cleared` |
//! | `GET /control/ledger?employer_id=` | | counts, `entries`, `deliveries`, `applications` |
//! | `GET`, `POST /control/clock` | `advance_ms` or `set_ms` | `now_ms` |
//! | `POST /control/reset` | | |
//!
//! **Settings** of an employer: `contract` (true), `credits` (10), `webhook_url` (null clears it), `moderation`
//! (`"manual"` or `{"auto_after_ms"}`), `masked_contacts`, `signing_key` (`session`, `secret`), `access_token`,
//! `secret_key`, `publish_required`, `reopen_costs`, `hold_webhooks`, `webhook_retries` (0), `one_time_links`
//! (true), `webhooks_before_create_answer`, `required_fields` (keys that create and edit then demand),
//! `expire_sessions` (done once).
//!
//! **Apply**: `name`, `email`, `phone` (text or null; a phone may be a number), `candidate_id` (number or text;
//! null goes out as null; absent is the next number; a number's own digits are kept), `omit_candidate_id`,
//! `gender`, `gender_key` (`genger`, as TopCV is reported to spell it, or `gender`), `apply_at`, `cv`
//! {`file_name`, `content_base64`} (default: a small PDF with the name), `no_cv`, `one_time`, `masked` (true,
//! false, `stars`, `empty`), `ascii_escape`, `hold`, `count` (copies of the same bytes).
//!
//! **Again and open**: the same candidate applies once more, or the employer opens a masked contact: the
//! application is delivered with a fresh link to the same file.
//!
//! **A delivery** shows `id`, `event_type`, `job_id`, `state` (`queued`, `held`, `sent`, `no_webhook_url`), what
//! was sent as `body`, and of the newest attempt `url`, `at`, `status`, `response_body`, `error`; all of them in
//! `attempts`. Calls that send return after the receiver has answered.
//!
//! **Raw deliveries** are signed when `sign` is there: the signed fields by name (`event_type` is required),
//! beside them `key` (`session`, `secret`) or `key_text`. The signature replaces `{{signature}}` in the body,
//! or becomes its object's last key.
//!
//! **Faults**: `operation` (connect, disconnect, check, metadata, create, edit, publish, stop, detail, list,
//! download, any), `kind`, `times` (1; 0 until cleared), `when` (`before`: the operation does not happen;
//! `after`: it does), `employer_id`, `params`. The oldest fault that meets a call is taken. Kinds: `status_500`,
//! `status_502`, `status_503`, `drop_connection`, `delay` {`ms`}, `challenge_200`, `challenge_403`,
//! `challenge_429`, `challenge_503`, `rate_limited` {`retry_after`}, `too_fast` {`status`}, `session_timeout`,
//! `invalid_token`, `unauthorized_401`, `forbidden_403`, `not_found_404`, `validation_422` {`errors`},
//! `no_credit_402` {`status`}, `malformed_json`, `truncated_json`, `wrong_types`, `hostile_texts`, `huge_answer` {`bytes`},
//! `slow_drip` {`bytes_per_s`}, `redirect` {`to`, `status`}; for download `cv_html_200`, `cv_expired_422`,
//! `cv_wrong_magic`, `cv_plain_zip`; for create `create_late` {`ms`} (no answer, and the posting comes into being
//! later), `create_answer_delay_until_release`, `webhooks_before_create_answer`. A read's answer is damaged on the
//! real one; a write with `before` gets a stand-in, with `after` its real answer damaged.
//!
//! **The ledger** counts effects (`creates`, `edits`, `publishes`, `stops`, `credits_spent`, `connects`,
//! `disconnects`) and arrivals (`requests`, `writes`: to create, edit, publish or stop, `metadata`, `details`,
//! `lists`, `downloads`). Each entry has `seq`, `at_ms`, `employer_id`, `operation`, `job_id`, `outcome`
//! (`in_progress`, `done`, `no_change`, `refused`, `not_done`, `done_late`), `status` and `fault`.
//!
//! **Time** is the system's, or fixed when the simulator was started so; `advance_ms` and `set_ms` move it.
//! What falls due by moving it (approvals, late creates) has happened when the clock's answer comes.

mod app;
mod clock;
mod control;
mod error;
mod faults;
mod input;
mod ledger;
mod partner;
mod pdf;
mod portal;
mod posting;
mod server;
mod socket;
mod state;
mod taxonomy;
mod tokens;
mod webhooks;

pub use error::SimulatorError;
pub use server::{Simulator, SimulatorConfig, run};
