-- An appointment follows its token, but whoever has been seen has not missed it: a token that is ended
-- after its visit was completed does not undo that.
CREATE OR REPLACE FUNCTION queue_tokens_appointment() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  followed text := CASE
    WHEN NEW.status IN ('WAITING', 'SKIPPED') THEN 'CHECKED_IN'
    WHEN NEW.status IN ('NO_SHOW', 'CANCELLED') AND EXISTS (SELECT FROM visits
      WHERE appointment_id = NEW.appointment_id AND status = 'COMPLETED') THEN 'COMPLETED'
    ELSE NEW.status END;
BEGIN
  UPDATE appointments SET version = version + 1, updated_at = now(),
    changed_by = CASE WHEN NEW.auto_closed THEN 'clinicd' ELSE 'queue' END, status = followed,
    cancel_reason = CASE followed WHEN 'CANCELLED' THEN cancel_reason END
  WHERE id = NEW.appointment_id AND status IS DISTINCT FROM followed;
  RETURN NULL;
END $$;
