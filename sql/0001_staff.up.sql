-- Who works here, and how they prove it.

CREATE TABLE users (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  username      text NOT NULL CHECK (username ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
  email         text CHECK (char_length(email) <= 254),
  password_hash text NOT NULL,
  full_name     text NOT NULL CHECK (char_length(full_name) BETWEEN 1 AND 200),
  role          text NOT NULL CHECK (role IN
                  ('ADMIN', 'DOCTOR', 'PHARMACIST', 'RECEPTION', 'KIOSK', 'DISPLAY')),
  speciality    text CHECK (char_length(speciality) <= 100),
  room          text CHECK (char_length(room) <= 40),
  enabled       boolean NOT NULL DEFAULT true,
  epoch         bigint NOT NULL DEFAULT 1,
  version       bigint NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_username_key UNIQUE (username)
);
CREATE UNIQUE INDEX users_email_key ON users (lower(email));
COMMENT ON COLUMN users.epoch IS
  'Raised whenever tokens given before must end: a disabled user, another role, another password';

-- The database raises the epoch and tells every instance, whoever made the change and however.
CREATE FUNCTION users_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.role, NEW.enabled, NEW.password_hash)
       IS DISTINCT FROM (OLD.role, OLD.enabled, OLD.password_hash) THEN
      NEW.epoch := greatest(NEW.epoch, OLD.epoch + 1);
    END IF;
    NEW.updated_at := now();
  END IF;
  PERFORM pg_notify('clinic_staff', 'user ' || NEW.id);
  RETURN NEW;
END $$;
CREATE TRIGGER users_changed BEFORE INSERT OR UPDATE ON users
  FOR EACH ROW EXECUTE FUNCTION users_changed();

-- One row a login. Every refresh token of the login belongs to it; ending it ends them all.
CREATE TABLE logins (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users,
  epoch      bigint NOT NULL,
  source     text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
COMMENT ON COLUMN logins.epoch IS 'The user''s at the login: with another one, its refresh tokens are over';
CREATE INDEX logins_revoked_at ON logins (revoked_at) WHERE revoked_at IS NOT NULL;

CREATE FUNCTION logins_revoked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('clinic_staff', 'login ' || NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER logins_revoked AFTER UPDATE OF revoked_at ON logins
  FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL) EXECUTE FUNCTION logins_revoked();

-- Refresh tokens are opaque and kept as their SHA-256 alone.
CREATE TABLE refresh_tokens (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  login_id     bigint NOT NULL REFERENCES logins,
  token_hash   bytea NOT NULL CONSTRAINT refresh_tokens_hash_key UNIQUE,
  expires_at   timestamptz NOT NULL,
  used_at      timestamptz,
  successor_id bigint REFERENCES refresh_tokens
);
CREATE INDEX refresh_tokens_login ON refresh_tokens (login_id);
CREATE INDEX refresh_tokens_successor ON refresh_tokens (successor_id);
