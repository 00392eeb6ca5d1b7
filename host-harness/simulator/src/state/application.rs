//! Candidates who apply, and the links to their CVs.

use bytes::Bytes;
use serde::Serialize;

use super::{World, next};
use crate::clock::local_time_text;
use crate::input::{InputError, Literal};
use crate::pdf::cv_pdf;
use crate::tokens::random_token;
use crate::webhooks::Message;

/// How long a CV link works: 24 hours (evidence).
const LINK_MS: i64 = 24 * 60 * 60 * 1000;

/// What stands in `candidate_id`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CandidateId {
    /// The next number.
    Auto,
    /// Exactly this.
    Given(Literal),
    /// The key is left out.
    Omitted,
}

/// How a contact that the employer has not opened arrives (inferred).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mask {
    /// In full.
    Open,
    /// With asterisks.
    Stars,
    /// As empty texts.
    Empty,
}

/// The file behind a link.
#[derive(Clone)]
pub(crate) struct Cv {
    pub(crate) file_name: String,
    pub(crate) content: Bytes,
}

impl Cv {
    /// A small PDF with that name.
    pub(crate) fn made_for(name: &str) -> Cv {
        Cv {
            file_name: format!("CV {}.pdf", name.replace(['/', '\\', '\r', '\n'], " ")),
            content: Bytes::from(cv_pdf(name)),
        }
    }
}

/// A CV link. Each delivery of an application brings a new one.
pub(crate) struct DownloadLink {
    pub(crate) employer_id: u64,
    pub(crate) cv: Cv,
    pub(crate) one_time: bool,
    pub(crate) used: bool,
    pub(crate) until_ms: i64,
}

/// Somebody who applies.
pub(crate) struct NewApplication {
    pub(crate) candidate_id: CandidateId,
    pub(crate) name: Literal,
    pub(crate) email: Literal,
    pub(crate) phone: Literal,
    pub(crate) gender: Option<Literal>,
    /// The key under which the gender is sent: TopCV is reported to misspell it.
    pub(crate) gender_key: &'static str,
    pub(crate) apply_at: Option<String>,
    /// None: no file, and an empty link.
    pub(crate) cv: Option<Cv>,
    /// None: as the employer's account says.
    pub(crate) mask: Option<Mask>,
    pub(crate) one_time: Option<bool>,
    pub(crate) ascii_escape: bool,
    pub(crate) hold: bool,
    pub(crate) count: u32,
}

impl NewApplication {
    /// An ordinary applicant with everything as it usually is.
    pub(crate) fn sample() -> NewApplication {
        let name = "Nguyễn Văn An";
        NewApplication {
            candidate_id: CandidateId::Auto,
            name: Literal::Text(name.to_owned()),
            email: Literal::Text("nguyen.van.an@example.com".to_owned()),
            phone: Literal::Text("0912345678".to_owned()),
            gender: None,
            gender_key: "genger",
            apply_at: None,
            cv: Some(Cv::made_for(name)),
            mask: None,
            one_time: None,
            ascii_escape: false,
            hold: false,
            count: 1,
        }
    }
}

/// An application as TopCV knows it, with the open contact.
#[derive(Serialize)]
pub(crate) struct Application {
    pub(crate) application_id: u64,
    #[serde(skip)]
    pub(crate) employer_id: u64,
    pub(crate) job_id: u64,
    pub(crate) candidate_id: Option<Literal>,
    pub(crate) name: Literal,
    pub(crate) phone: Literal,
    pub(crate) email: Literal,
    /// How the newest delivery showed the contact.
    pub(crate) mask: Mask,
    /// How often this candidate applied to this posting.
    pub(crate) times: u64,
    #[serde(skip)]
    pub(crate) gender: Option<Literal>,
    #[serde(skip)]
    gender_key: &'static str,
    #[serde(skip)]
    pub(crate) apply_at: String,
    /// The newest file.
    #[serde(skip)]
    pub(crate) cv: Option<Cv>,
    /// The newest delivery's id.
    #[serde(skip)]
    pub(crate) last_delivery: u64,
}

impl Application {
    fn once_more(&self, mask: Mask, apply_at: Option<String>) -> NewApplication {
        let candidate_id = self.candidate_id.clone();
        NewApplication {
            candidate_id: candidate_id.map_or(CandidateId::Omitted, CandidateId::Given),
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            gender: self.gender.clone(),
            gender_key: self.gender_key,
            apply_at,
            cv: self.cv.clone(),
            mask: Some(mask),
            one_time: None,
            ascii_escape: false,
            hold: false,
            count: 1,
        }
    }
}

/// What an application brought about.
pub(crate) struct Applied {
    pub(crate) application_id: u64,
    pub(crate) candidate_id: Option<Literal>,
    pub(crate) download_url: String,
    pub(crate) deliveries: Vec<u64>,
}

impl World {
    /// Records an application and queues its delivery, `count` times the same bytes.
    /// The same candidate id on the same posting is the same application.
    pub(crate) fn apply(
        &mut self,
        job_id: u64,
        new: NewApplication,
    ) -> Result<Applied, InputError> {
        self.send_application(job_id, None, new)
    }

    /// The same candidate applies once more with the same data; the contact shows as it did last.
    pub(crate) fn apply_again(&mut self, application_id: u64) -> Result<Applied, InputError> {
        let known = self.application(application_id)?;
        let (job_id, new) = (known.job_id, known.once_more(known.mask, None));
        self.send_application(job_id, Some(application_id), new)
    }

    /// The employer opens a masked contact: the same application goes out in full, with a fresh CV link.
    /// That such a delivery comes is inferred.
    pub(crate) fn open_contact(&mut self, application_id: u64) -> Result<Applied, InputError> {
        let known = self.application(application_id)?;
        if known.mask == Mask::Open {
            let message = "the contact is open already";
            return Err(InputError::conflict("application_id", message));
        }
        let (job_id, times) = (known.job_id, known.times);
        let new = known.once_more(Mask::Open, Some(known.apply_at.clone()));
        let applied = self.send_application(job_id, Some(application_id), new)?;
        if let Some(application) = self.applications.get_mut(&application_id) {
            application.times = times;
        }
        Ok(applied)
    }

    fn application(&self, id: u64) -> Result<&Application, InputError> {
        let known = self.applications.get(&id);
        known.ok_or_else(|| InputError::not_found("application_id", id))
    }

    /// `known` is the application that this belongs to; without one the candidate id decides.
    fn send_application(
        &mut self,
        job_id: u64,
        known: Option<u64>,
        new: NewApplication,
    ) -> Result<Applied, InputError> {
        let posting = self.posting_mut(job_id)?;
        if posting.deleted {
            return Err(InputError::conflict("job_id", "the posting was deleted"));
        }
        let (employer_id, campaign_id) = (posting.employer_id, posting.campaign_id);
        let title = posting.title().to_owned();
        let employer = self.employer(employer_id)?;
        let mask = new.mask.unwrap_or(if employer.masked_contacts {
            Mask::Stars
        } else {
            Mask::Open
        });
        let one_time = new.one_time.unwrap_or(employer.one_time_links);
        let key = employer.signing_secret().to_owned();
        let now = self.now_ms();
        let candidate_id = match new.candidate_id {
            CandidateId::Omitted => None,
            CandidateId::Given(literal) => Some(literal),
            CandidateId::Auto => Some(Literal::Bare(
                next(&mut self.last_ids.candidate).to_string(),
            )),
        };
        let application_id =
            known.unwrap_or_else(|| self.application_of(job_id, candidate_id.as_ref()));
        let download_url = match new.cv.clone() {
            None => String::new(),
            Some(cv) => self.add_link(employer_id, cv, one_time, now),
        };
        let cv_url = match new.cv {
            None => String::new(),
            Some(_) => format!("{}/xem-cv/{application_id}", self.base_url),
        };
        let apply_at = new.apply_at.unwrap_or_else(|| local_time_text(now));
        let phone = mask_phone(&new.phone, mask);

        let mut message = Message::new("apply")
            .number("job_id", job_id)
            .text("job_title", title)
            .number("recruitment_campaign_id", campaign_id);
        if let Some(id) = &candidate_id {
            message = message.with("candidate_id", id.clone());
        }
        message = message
            .with("candidate_name", mask_words(&new.name, mask))
            .with("candidate_email", mask_email(&new.email, mask))
            .with("candidate_phone", phone);
        if let Some(gender) = new.gender.clone() {
            message = message.with(new.gender_key, gender);
        }
        let body = message
            .text("apply_at", apply_at.clone())
            .text("download_url", download_url.clone())
            .text("cv_url", cv_url)
            .signed_json(&key, new.ascii_escape);

        let times = self
            .applications
            .get(&application_id)
            .map_or(0, |a| a.times)
            + 1;
        self.applications.insert(
            application_id,
            Application {
                application_id,
                employer_id,
                job_id,
                candidate_id: candidate_id.clone(),
                name: new.name,
                phone: new.phone,
                email: new.email,
                mask,
                times,
                gender: new.gender,
                gender_key: new.gender_key,
                apply_at,
                cv: new.cv,
                last_delivery: 0,
            },
        );
        let body = Bytes::from(body);
        let deliveries: Vec<u64> = (0..new.count)
            .map(|_| self.add_delivery(employer_id, "apply", Some(job_id), body.clone(), new.hold))
            .collect();
        if let (Some(application), Some(last)) = (
            self.applications.get_mut(&application_id),
            deliveries.last(),
        ) {
            application.last_delivery = *last;
        }
        Ok(Applied {
            application_id,
            candidate_id,
            download_url,
            deliveries,
        })
    }

    fn application_of(&mut self, job_id: u64, candidate_id: Option<&Literal>) -> u64 {
        let known = candidate_id
            .filter(|id| **id != Literal::Null)
            .and_then(|id| {
                self.applications
                    .values()
                    .find(|a| a.job_id == job_id && a.candidate_id.as_ref() == Some(id))
            });
        match known {
            Some(application) => application.application_id,
            None => next(&mut self.last_ids.application),
        }
    }

    fn add_link(&mut self, employer_id: u64, cv: Cv, one_time: bool, now: i64) -> String {
        let token = random_token("");
        let until_ms = now.saturating_add(LINK_MS);
        let url = format!("{}/cv/{token}?expires={}", self.base_url, until_ms / 1000);
        let link = DownloadLink {
            employer_id,
            cv,
            one_time,
            used: false,
            until_ms,
        };
        self.links.insert(token, link);
        url
    }
}

fn masked(value: &Literal, mask: Mask, stars: impl Fn(&str) -> String) -> Literal {
    match (mask, value) {
        (Mask::Open, _) | (_, Literal::Null) => value.clone(),
        (Mask::Empty, _) => Literal::Text(String::new()),
        (Mask::Stars, _) => Literal::Text(stars(value.signed_text())),
    }
}

/// "Nguyễn Văn An" becomes "N*** V*** A***".
fn mask_words(name: &Literal, mask: Mask) -> Literal {
    masked(name, mask, |text| {
        let words: Vec<String> = text
            .split_whitespace()
            .filter_map(|word| word.chars().next().map(|first| format!("{first}***")))
            .collect();
        words.join(" ")
    })
}

/// "an.nguyen@example.com" becomes "a***@***".
fn mask_email(email: &Literal, mask: Mask) -> Literal {
    masked(email, mask, |text| {
        let first: String = text.chars().take(1).collect();
        format!("{first}***@***")
    })
}

/// "0912345678" becomes "091*****78".
fn mask_phone(phone: &Literal, mask: Mask) -> Literal {
    masked(phone, mask, |text| {
        let length = text.chars().count();
        let shown = |index: usize| index < 3 || index + 2 >= length;
        text.chars()
            .enumerate()
            .map(|(index, c)| if shown(index) { c } else { '*' })
            .collect()
    })
}
