-- Lists that found few rows among all.
CREATE INDEX invoices_prescription ON invoices (prescription_id);
CREATE INDEX appointments_under_way ON appointments (date, start_time, id)
  WHERE status IN ('CHECKED_IN', 'WITH_DOCTOR');

-- What of a text may name a substance: as the search folds it, but what parts words parts them here.
-- Apostrophes do not, and dots only between two words: A.S.A., St John's wort, Tab.Aspirin.
CREATE FUNCTION substances(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN folded(regexp_replace(regexp_replace(normalize($1, NFKC),
  '(?![.''\u2019\u02BC])[[:punct:]\u00B7\u060C\u061B\u2022\u3001\u3002]', ' ', 'g'),
  '(?<=[^\s.]{2})\.(?=[^\s.]{2})', ' ', 'g'));

-- When a day begins in the clinic's zone: where midnight comes twice, at the first one.
CREATE FUNCTION day_start(date) RETURNS timestamptz LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN CASE WHEN ($1::timestamptz - interval '1 hour')::date = $1
  THEN $1::timestamptz - interval '1 hour' ELSE $1::timestamptz END;

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
