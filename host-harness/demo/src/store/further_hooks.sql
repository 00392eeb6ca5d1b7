-- Webhook paths of a connection beside its first: each was made when the one before could not be shown any more. All of them are accepted.
CREATE TABLE further_hooks (
    hook_hash     BLOB PRIMARY KEY,
    connection_id INTEGER NOT NULL REFERENCES connections (id)
) STRICT, WITHOUT ROWID;
