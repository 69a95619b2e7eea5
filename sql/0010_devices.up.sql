-- Kiosks and boards that are paired once, and the visitors whom kiosks identify.

CREATE TABLE devices (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name         text CHECK (char_length(name) BETWEEN 1 AND 200),
  role         text NOT NULL CHECK (role IN ('KIOSK', 'DISPLAY')),
  status       text NOT NULL DEFAULT 'PENDING' CHECK (status IN
                 ('PENDING', 'APPROVED', 'CLAIMED', 'REVOKED')),
  code         text,
  secret_hash  bytea NOT NULL CONSTRAINT devices_secret_key UNIQUE,
  -- A device logs in as a user of its role that nobody knows a password of.
  user_id      bigint REFERENCES users,
  approved_by  text,
  approved_at  timestamptz,
  claimed_at   timestamptz,
  revoked_at   timestamptz,
  expires_at   timestamptz NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN devices.code IS 'Shown on the device''s screen until it is approved';
CREATE UNIQUE INDEX devices_code_key ON devices (code) WHERE status = 'PENDING';

-- An opaque word for a patient whom a kiosk has identified, kept as its SHA-256 for 5 minutes.
CREATE TABLE visitors (
  token_hash bytea PRIMARY KEY,
  patient_id bigint REFERENCES patients,
  caller     text NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX visitors_expiry ON visitors (expires_at);
