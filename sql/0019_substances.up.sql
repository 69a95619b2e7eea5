-- Lists that found few rows among all.
CREATE INDEX invoices_prescription ON invoices (prescription_id);
CREATE INDEX appointments_under_way ON appointments (date, start_time, id)
  WHERE status IN ('CHECKED_IN', 'WITH_DOCTOR');

-- What of a text may name a substance: as the search folds it, but what parts words parts them here.
-- Dots and apostrophes do not: A.S.A., St John's wort.
CREATE FUNCTION substances(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN folded(regexp_replace(normalize($1, NFKC),
  '(?![.''\u2019\u02BC])[[:punct:]\u00B7\u060C\u061B\u2022\u3001\u3002]', ' ', 'g'));

-- Whose close of the day an appointment follows is the daemon's.
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
