CREATE OR REPLACE FUNCTION queue_tokens_appointment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE appointments SET version = version + 1, updated_at = now(),
    changed_by = CASE WHEN NEW.auto_closed THEN 'clinicd' ELSE 'queue' END,
    status = CASE NEW.status WHEN 'WAITING' THEN 'CHECKED_IN' WHEN 'SKIPPED' THEN 'CHECKED_IN'
      ELSE NEW.status END,
    cancel_reason = CASE NEW.status WHEN 'CANCELLED' THEN cancel_reason END
  WHERE id = NEW.appointment_id AND status IS DISTINCT FROM
    CASE NEW.status WHEN 'WAITING' THEN 'CHECKED_IN' WHEN 'SKIPPED' THEN 'CHECKED_IN'
      ELSE NEW.status END;
  RETURN NULL;
END $$;
