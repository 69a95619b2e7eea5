-- What the daily summaries need: the days that are over, and indexes for what is counted.

-- The last day that was handed to the outbox, counted from 2000-01-01.
INSERT INTO projections (name, position)
  VALUES ('daily_summaries', current_date - DATE '2000-01-01' - 1);

-- A past day of which something still changes is summed up again (rule 44).
CREATE FUNCTION past_day_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (topic, entity_id)
    SELECT DISTINCT 'daily_summaries', day - DATE '2000-01-01'
    FROM unnest(ARRAY[OLD.date, NEW.date]) AS d (day) WHERE day < current_date;
  RETURN NULL;
END $$;
CREATE TRIGGER appointments_past_day AFTER UPDATE OF status, date ON appointments
  FOR EACH ROW WHEN ((OLD.status, OLD.date) IS DISTINCT FROM (NEW.status, NEW.date))
  EXECUTE FUNCTION past_day_changed();
CREATE TRIGGER visits_past_day AFTER UPDATE OF status ON visits
  FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION past_day_changed();

CREATE INDEX patients_created ON patients (created_at);
CREATE INDEX prescriptions_date ON prescriptions (date);
CREATE INDEX stock_movements_at ON stock_movements (at);
CREATE INDEX invoices_issued_at ON invoices (issued_at) WHERE issued_at IS NOT NULL;

-- The copies of completed visits show their patient's name.
CREATE FUNCTION patients_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE visits SET updated_at = now() WHERE patient_id = NEW.id AND status = 'COMPLETED';
  RETURN NULL;
END $$;
CREATE TRIGGER patients_renamed AFTER UPDATE OF name ON patients
  FOR EACH ROW WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION patients_renamed();
