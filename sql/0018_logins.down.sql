ALTER TABLE refresh_tokens DROP CONSTRAINT refresh_tokens_successor_id_fkey,
  ADD CONSTRAINT refresh_tokens_successor_id_fkey FOREIGN KEY (successor_id)
    REFERENCES refresh_tokens;

CREATE OR REPLACE FUNCTION users_changed() RETURNS trigger LANGUAGE plpgsql AS $$
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
