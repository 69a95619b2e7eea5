-- The queue. Whoever changes a day holds its row of queue_days, so numbers have no gap and
-- versions count up by one.

CREATE TABLE queue_days (
  date        date PRIMARY KEY,
  last_number integer NOT NULL DEFAULT 0 CHECK (last_number >= 0),
  version     bigint NOT NULL DEFAULT 0 CHECK (version >= 0),
  closed_at   timestamptz
);
CREATE INDEX queue_days_open ON queue_days (date) WHERE closed_at IS NULL;

CREATE TABLE queue_tokens (
  date            date NOT NULL REFERENCES queue_days,
  number          integer NOT NULL CHECK (number > 0),
  patient_id      bigint NOT NULL REFERENCES patients,
  patient_name    text NOT NULL,
  doctor_id       bigint REFERENCES users,
  priority        text NOT NULL CHECK (priority IN ('ROUTINE', 'URGENT', 'EMERGENCY')),
  status          text NOT NULL CHECK (status IN
                    ('WAITING', 'WITH_DOCTOR', 'SKIPPED', 'COMPLETED', 'CANCELLED', 'NO_SHOW')),
  arrived_at      timestamptz NOT NULL,
  called_at       timestamptz,
  ended_at        timestamptz,
  passed_over     integer NOT NULL DEFAULT 0 CHECK (passed_over >= 0),
  calls_to_wait   integer CHECK (calls_to_wait >= 0),
  auto_closed     boolean NOT NULL DEFAULT false,
  changed_version bigint NOT NULL,
  PRIMARY KEY (date, number),
  CONSTRAINT queue_tokens_served_by_someone CHECK (status <> 'WITH_DOCTOR' OR doctor_id IS NOT NULL)
);
COMMENT ON COLUMN queue_tokens.passed_over IS
  'How often a caller who could have taken this token took one that came later';
COMMENT ON COLUMN queue_tokens.calls_to_wait IS
  'Of a recalled token: how many calls it lets pass before it is first; null if it waits its turn';

-- A patient has at most one live token a day; a doctor serves at most one.
CREATE UNIQUE INDEX queue_tokens_live_patient ON queue_tokens (date, patient_id)
  WHERE status IN ('WAITING', 'WITH_DOCTOR', 'SKIPPED');
CREATE UNIQUE INDEX queue_tokens_serving_doctor ON queue_tokens (date, doctor_id)
  WHERE status = 'WITH_DOCTOR';
CREATE INDEX queue_tokens_changed ON queue_tokens (date, changed_version);
CREATE INDEX queue_tokens_patient ON queue_tokens (patient_id);

-- What subscriptions replay: one row a version, kept two days.
CREATE TABLE queue_events (
  date    date NOT NULL REFERENCES queue_days,
  version bigint NOT NULL,
  event   json NOT NULL,
  PRIMARY KEY (date, version)
);
