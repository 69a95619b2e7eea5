-- A successor may expire before the token that it replaced, if the life of tokens was shortened
-- between them. Whether one was used is in used_at.
ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_successor_id_fkey,
  ADD CONSTRAINT refresh_tokens_successor_id_fkey FOREIGN KEY (successor_id)
    REFERENCES refresh_tokens ON DELETE SET NULL;

-- The same password hashed at another cost ends nothing; whoever writes that says so.
CREATE OR REPLACE FUNCTION users_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.role, NEW.enabled) IS DISTINCT FROM (OLD.role, OLD.enabled)
       OR (NEW.password_hash IS DISTINCT FROM OLD.password_hash
           AND current_setting('clinic.same_password', true) IS DISTINCT FROM 'yes') THEN
      NEW.epoch := greatest(NEW.epoch, OLD.epoch + 1);
    END IF;
    NEW.updated_at := now();
  END IF;
  PERFORM pg_notify('clinic_staff', 'user ' || NEW.id);
  RETURN NEW;
END $$;
