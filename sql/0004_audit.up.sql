-- Who did what, sealed; and the replies that a repeated call gets again.

CREATE TABLE audit_entries (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid           xid8 NOT NULL DEFAULT pg_current_xact_id(),
  at            timestamptz NOT NULL DEFAULT clock_timestamp(),
  user_id       bigint,
  user_name     text,
  role          text,
  source        text NOT NULL,
  method        text NOT NULL,
  resource_type text,
  resource_id   text,
  outcome       text NOT NULL,
  request_id    text NOT NULL,
  details       text
);
COMMENT ON COLUMN audit_entries.xid IS
  'The transaction that wrote the entry. Those below the oldest one still running are complete, '
  'so reading them in the order (xid, id) passes over none';
COMMENT ON COLUMN audit_entries.details IS 'JSON: names of changed fields, counts; never clinical text';
CREATE INDEX audit_entries_order ON audit_entries (xid, id);

-- Each link is an HMAC-SHA-256 over the entry and the link before.
CREATE TABLE audit_chain (
  position bigint PRIMARY KEY,
  entry_id bigint NOT NULL CONSTRAINT audit_chain_entry_key UNIQUE,
  link     bytea NOT NULL CHECK (octet_length(link) = 32)
);

-- How far each projection has got.
CREATE TABLE projections (
  name     text PRIMARY KEY,
  position bigint NOT NULL DEFAULT 0,
  xid      xid8 NOT NULL DEFAULT '0',
  entry_id bigint NOT NULL DEFAULT 0
);
INSERT INTO projections (name) VALUES ('audit_chain'), ('audit_logs');

CREATE TABLE idempotency_keys (
  caller     text NOT NULL,
  method     text NOT NULL,
  key        text NOT NULL CHECK (char_length(key) BETWEEN 1 AND 200),
  params     bytea NOT NULL,
  reply      text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (caller, method, key)
);
COMMENT ON COLUMN idempotency_keys.params IS 'HMAC-SHA-256 of the params: the same key with others is a conflict';
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
