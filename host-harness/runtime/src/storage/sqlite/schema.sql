CREATE TABLE IF NOT EXISTS entry (
    map TEXT NOT NULL, scope TEXT NOT NULL, key TEXT NOT NULL,
    value BLOB NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (map, scope, key)
) STRICT, WITHOUT ROWID;

-- One counter for the whole file: it survives the deletion of any key.
CREATE TABLE IF NOT EXISTS last_version (version INTEGER NOT NULL) STRICT;
INSERT INTO last_version SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM last_version);

-- A back-up carries this mark. Whoever opens it first moves the counter by a random distance: the original has used versions since, and a
-- version that comes again would let a stale write through.
CREATE TABLE IF NOT EXISTS backup_mark (made INTEGER NOT NULL) STRICT;
UPDATE last_version SET version = version + 1 + abs(random() >> 12) WHERE EXISTS (SELECT 1 FROM backup_mark);
DELETE FROM backup_mark;

-- What each connection has, kept by the database itself so that it is right whoever writes.
CREATE TABLE IF NOT EXISTS usage (
    map TEXT NOT NULL, scope TEXT NOT NULL, keys INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (map, scope)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS entry_added AFTER INSERT ON entry BEGIN
    INSERT INTO usage VALUES (new.map, new.scope, 1, length(new.key) + length(new.value))
    ON CONFLICT DO UPDATE SET keys = keys + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER IF NOT EXISTS entry_replaced AFTER UPDATE ON entry BEGIN
    UPDATE usage SET bytes = bytes - length(old.value) + length(new.value) WHERE map = new.map AND scope = new.scope;
END;
CREATE TRIGGER IF NOT EXISTS entry_removed AFTER DELETE ON entry BEGIN
    UPDATE usage SET keys = keys - 1, bytes = bytes - length(old.key) - length(old.value) WHERE map = old.map AND scope = old.scope;
END;
