-- What a notification about a connection is about, so that it can be taken back when it is over.
ALTER TABLE notices ADD COLUMN connection_id INTEGER REFERENCES connections (id);

-- What a delivery's events were about, when it is done: JSON, rows of this database and nothing about a person.
ALTER TABLE deliveries ADD COLUMN taken TEXT;
