-- Everything a tenant owns carries its tenant_id, and every statement of the store names it.
-- Columns called `sealed` hold ciphertext (see seal.rs). Times are milliseconds since the Unix epoch.

CREATE TABLE tenants (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE users (
    id            INTEGER PRIMARY KEY,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id),
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    role          TEXT NOT NULL,
    password_salt BLOB NOT NULL,
    password_hash BLOB NOT NULL
) STRICT;

-- `csrf_hash` is set for sessions that travel as a cookie, absent for bearer tokens.
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    csrf_hash  BLOB,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE connections (
    id                INTEGER PRIMARY KEY,
    tenant_id         INTEGER NOT NULL REFERENCES tenants (id),
    name              TEXT NOT NULL,
    hook_hash         BLOB NOT NULL UNIQUE,
    hook_sealed       BLOB NOT NULL,
    operator_settings TEXT NOT NULL DEFAULT '{}',
    broken_since      INTEGER,
    last_delivery_at  INTEGER,
    created_at        INTEGER NOT NULL,
    broken_code       TEXT,
    broken_vi         TEXT,
    broken_en         TEXT,
    not_kept          INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE jobs (
    id         INTEGER PRIMARY KEY,
    tenant_id  INTEGER NOT NULL REFERENCES tenants (id),
    owner_id   INTEGER NOT NULL REFERENCES users (id),
    title      TEXT NOT NULL,
    details    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE postings (
    id            INTEGER PRIMARY KEY,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id),
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    job_id        INTEGER NOT NULL REFERENCES jobs (id),
    request_id    TEXT NOT NULL,
    board_posting TEXT,
    state         TEXT NOT NULL,
    verdict_round INTEGER,
    confirmed     INTEGER NOT NULL,
    facts         TEXT NOT NULL,
    last_delivery_at INTEGER,
    -- What was asked for, while the outcome is open.
    ordered       TEXT,
    UNIQUE (tenant_id, request_id)
) STRICT;
CREATE INDEX postings_by_job ON postings (job_id);
CREATE INDEX postings_by_board ON postings (connection_id, board_posting);

-- What happened to postings, for people. `user_id` is absent when the board did it.
CREATE TABLE posted_jobs (
    id            INTEGER PRIMARY KEY,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id),
    at            INTEGER NOT NULL,
    user_id       INTEGER REFERENCES users (id),
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    job_id        INTEGER NOT NULL REFERENCES jobs (id),
    request_id    TEXT NOT NULL,
    what          TEXT NOT NULL,
    result        TEXT NOT NULL,
    vi            TEXT NOT NULL,
    en            TEXT NOT NULL,
    url           TEXT
) STRICT;
CREATE INDEX posted_jobs_unverified ON posted_jobs (connection_id) WHERE what = 'other';

-- The inbox. `sealed` is erased as soon as the delivery is done.
CREATE TABLE deliveries (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id),
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    received_at   INTEGER NOT NULL,
    method        TEXT NOT NULL,
    bytes         INTEGER NOT NULL,
    sealed        BLOB,
    state         TEXT NOT NULL,
    verdict       TEXT,
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_try_at   INTEGER,
    code          TEXT,
    vi            TEXT,
    en            TEXT,
    status        INTEGER
) STRICT;
CREATE INDEX deliveries_open ON deliveries (state, next_try_at) WHERE state <> 'done';
CREATE INDEX deliveries_kept ON deliveries (connection_id, state, bytes) WHERE state <> 'done';

-- Which events were taken. This index alone decides what is new; a bare id says nothing about anybody.
CREATE TABLE events (
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    event_id      TEXT NOT NULL,
    PRIMARY KEY (connection_id, event_id)
) STRICT, WITHOUT ROWID;

-- Events for postings that the platform does not know (yet).
CREATE TABLE unmatched (
    id            INTEGER PRIMARY KEY,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id),
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    event_id      TEXT NOT NULL,
    board_posting TEXT NOT NULL,
    kind          TEXT NOT NULL,
    received_at   INTEGER NOT NULL,
    sealed        BLOB NOT NULL,
    UNIQUE (connection_id, event_id)
) STRICT;
CREATE INDEX unmatched_by_board ON unmatched (connection_id, board_posting);
CREATE INDEX unmatched_by_kind ON unmatched (connection_id, kind);

-- Candidates, applications and files can be erased: AUTOINCREMENT, so that a number once shown never means somebody else.
-- The columns of statements hold JSON in the clear: a platform searches and shows them. See the crate's documentation.
CREATE TABLE candidates (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id        INTEGER NOT NULL REFERENCES tenants (id),
    contact          TEXT NOT NULL,
    differing        TEXT NOT NULL DEFAULT '[]',
    email_normalised TEXT,
    phone_normalised TEXT,
    created_at       INTEGER NOT NULL
) STRICT;
CREATE INDEX candidates_by_email ON candidates (tenant_id, email_normalised) WHERE email_normalised IS NOT NULL;
CREATE INDEX candidates_by_phone ON candidates (tenant_id, phone_normalised) WHERE phone_normalised IS NOT NULL;

CREATE TABLE applications (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id         INTEGER NOT NULL REFERENCES tenants (id),
    candidate_id      INTEGER NOT NULL REFERENCES candidates (id),
    job_id            INTEGER NOT NULL REFERENCES jobs (id),
    posting_id        INTEGER NOT NULL REFERENCES postings (id),
    connection_id     INTEGER NOT NULL REFERENCES connections (id),
    board_application TEXT NOT NULL,
    board_candidate   TEXT,
    stage             TEXT NOT NULL,
    applied_at        INTEGER,
    last_applied_at   INTEGER,
    received_at       INTEGER NOT NULL,
    times             INTEGER NOT NULL DEFAULT 1,
    verified          INTEGER NOT NULL,
    source            TEXT NOT NULL,
    extra             TEXT NOT NULL,
    active_at         INTEGER NOT NULL,
    UNIQUE (connection_id, board_application, job_id)
) STRICT;
CREATE INDEX applications_by_job ON applications (job_id, stage);
CREATE INDEX applications_by_candidate ON applications (candidate_id);

-- One row for each link. `sealed` is the link, erased when no further try will be made.
CREATE TABLE cvs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id      INTEGER NOT NULL REFERENCES tenants (id),
    application_id INTEGER NOT NULL REFERENCES applications (id),
    attachment_id  TEXT NOT NULL,
    kind           TEXT NOT NULL,
    received_at    INTEGER NOT NULL,
    expires_at     INTEGER,
    sealed         BLOB,
    state          TEXT NOT NULL,
    attempts       INTEGER NOT NULL DEFAULT 0,
    next_try_at    INTEGER,
    claimed_until  INTEGER,
    claim          TEXT,
    code           TEXT,
    vi             TEXT,
    en             TEXT,
    name           TEXT,
    media_type     TEXT,
    sha256         TEXT,
    bytes          INTEGER,
    stored_at      INTEGER,
    UNIQUE (application_id, attachment_id)
) STRICT;
CREATE INDEX cvs_due ON cvs (next_try_at) WHERE next_try_at IS NOT NULL;

CREATE TABLE cv_files (
    cv_id  INTEGER PRIMARY KEY REFERENCES cvs (id),
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE notices (
    id           INTEGER PRIMARY KEY,
    tenant_id    INTEGER NOT NULL REFERENCES tenants (id),
    user_id      INTEGER NOT NULL REFERENCES users (id),
    at           INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    vi           TEXT NOT NULL,
    en           TEXT NOT NULL,
    job_id       INTEGER REFERENCES jobs (id),
    candidate_id INTEGER REFERENCES candidates (id),
    request_id   TEXT,
    read_at      INTEGER
) STRICT;
CREATE INDEX notices_by_user ON notices (user_id, id);

-- What is done for each connection without being asked. `claim` counts the claims: only the holder of the last one may write.
CREATE TABLE errands (
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    what          TEXT NOT NULL,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id),
    due_at        INTEGER NOT NULL,
    claim         INTEGER NOT NULL DEFAULT 0,
    claimed_until INTEGER,
    attempts      INTEGER NOT NULL DEFAULT 0,
    done_at       INTEGER,
    notes         TEXT NOT NULL DEFAULT '[]',
    code          TEXT,
    vi            TEXT,
    en            TEXT,
    PRIMARY KEY (connection_id, what)
) STRICT, WITHOUT ROWID;
CREATE INDEX errands_due ON errands (due_at);

-- What people were told and are not told again until it is over. `posting_id` 0: it concerns the whole connection.
CREATE TABLE warnings (
    connection_id INTEGER NOT NULL REFERENCES connections (id),
    posting_id    INTEGER NOT NULL,
    kind          TEXT NOT NULL,
    tenant_id     INTEGER NOT NULL REFERENCES tenants (id),
    since         INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    PRIMARY KEY (connection_id, posting_id, kind)
) STRICT, WITHOUT ROWID;

-- Applications of people who were erased: digests (see erasure_log.rs) and when. A repeated delivery brings nobody back.
CREATE TABLE erased_applications (
    digest    BLOB PRIMARY KEY,
    erased_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was erased, when, why and by whom; nothing in it names the person. `sealed` is what plugins still have to be told.
CREATE TABLE erasures (
    id           INTEGER PRIMARY KEY,
    tenant_id    INTEGER NOT NULL REFERENCES tenants (id),
    candidate_id INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    reason       TEXT NOT NULL,
    user_id      INTEGER REFERENCES users (id),
    erased       TEXT NOT NULL,
    receipts     TEXT NOT NULL DEFAULT '[]',
    sealed       BLOB
) STRICT;
