-- Medicines, batches, movements; prescriptions and what was dispensed of them.

CREATE TABLE medicines (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name          text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 200),
  generic_name  text CHECK (char_length(generic_name) <= 200),
  drug_class    text CHECK (char_length(drug_class) <= 200),
  manufacturer  text CHECK (char_length(manufacturer) <= 200),
  form          text CHECK (char_length(form) <= 200),
  strength      text CHECK (char_length(strength) <= 200),
  unit_price    numeric(12, 2) NOT NULL CHECK (unit_price >= 0),
  reorder_level integer NOT NULL DEFAULT 0 CHECK (reorder_level >= 0),
  is_active     boolean NOT NULL DEFAULT true,
  version       bigint NOT NULL DEFAULT 1,
  created_at    timestamptz NOT NULL DEFAULT now(),
  updated_at    timestamptz NOT NULL DEFAULT now(),
  search        text NOT NULL GENERATED ALWAYS AS (' ' || folded(name) || ' '
    || coalesce(folded(generic_name), '') || ' ' || coalesce(folded(manufacturer), '')) STORED
);
CREATE INDEX medicines_search ON medicines USING gin (search public.gin_trgm_ops)
  WITH (fastupdate = off);

CREATE TABLE medicine_batches (
  id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  medicine_id  bigint NOT NULL REFERENCES medicines,
  batch_number text NOT NULL CHECK (char_length(batch_number) BETWEEN 1 AND 60),
  quantity     integer NOT NULL DEFAULT 0,
  expiry_date  date NOT NULL,
  cost_price   numeric(12, 2) CHECK (cost_price >= 0),
  supplier     text CHECK (char_length(supplier) <= 200),
  is_held      boolean NOT NULL DEFAULT false,
  hold_reason  text CHECK (char_length(hold_reason) <= 200),
  version      bigint NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL DEFAULT now(),
  updated_at   timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT medicine_batches_number_key UNIQUE (medicine_id, batch_number),
  CONSTRAINT medicine_batches_not_negative CHECK (quantity >= 0),
  CONSTRAINT medicine_batches_not_too_many CHECK (quantity <= 100000000)
);
-- First expired, first out; a tie goes to the older batch (rule 33).
CREATE INDEX medicine_batches_fefo ON medicine_batches (medicine_id, expiry_date, id)
  WHERE quantity > 0 AND NOT is_held;
CREATE INDEX medicine_batches_expiry ON medicine_batches (expiry_date, id) WHERE quantity > 0;

CREATE TABLE prescriptions (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  visit_id          bigint NOT NULL REFERENCES visits,
  patient_id        bigint NOT NULL REFERENCES patients,
  doctor_id         bigint NOT NULL REFERENCES users,
  status            text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'CANCELLED')),
  notes             text CHECK (char_length(notes) <= 1000),
  allergy_check     text NOT NULL DEFAULT 'CLEAR' CHECK (allergy_check IN ('CLEAR', 'MATCH', 'NOT_RUN')),
  warnings          jsonb,
  override_reason   text CHECK (char_length(override_reason) <= 1000),
  cancel_reason     text CHECK (char_length(cancel_reason) <= 1000),
  cancelled_at      timestamptz,
  date              date NOT NULL DEFAULT current_date,
  version           bigint NOT NULL DEFAULT 1,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX prescriptions_visit ON prescriptions (visit_id, id);
CREATE INDEX prescriptions_patient ON prescriptions (patient_id, id);
CREATE INDEX prescriptions_doctor ON prescriptions (doctor_id, id);
CREATE INDEX prescriptions_cancelled ON prescriptions (id) WHERE status = 'CANCELLED';
-- The copy of a completed visit shows its prescriptions.
CREATE TRIGGER prescriptions_touch AFTER INSERT OR UPDATE ON prescriptions
  FOR EACH ROW EXECUTE FUNCTION visit_touched();

CREATE TABLE prescription_items (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prescription_id bigint NOT NULL REFERENCES prescriptions,
  position        integer NOT NULL,
  medicine_id     bigint NOT NULL REFERENCES medicines,
  dosage          text NOT NULL CHECK (char_length(dosage) BETWEEN 1 AND 200),
  frequency       text NOT NULL CHECK (char_length(frequency) BETWEEN 1 AND 200),
  duration_days   integer CHECK (duration_days BETWEEN 1 AND 3650),
  quantity        integer NOT NULL CHECK (quantity BETWEEN 1 AND 100000),
  instructions    text CHECK (char_length(instructions) <= 1000),
  dispensed       integer NOT NULL DEFAULT 0,
  CONSTRAINT prescription_items_position_key UNIQUE (prescription_id, position),
  -- However many pharmacists dispense at once (rule 31).
  CONSTRAINT prescription_items_dispensed CHECK (dispensed BETWEEN 0 AND quantity)
);
COMMENT ON COLUMN prescription_items.dispensed IS 'Less what was returned';

CREATE TABLE dispensings (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  prescription_id bigint NOT NULL REFERENCES prescriptions,
  patient_id      bigint NOT NULL REFERENCES patients,
  invoice_id      bigint,
  pharmacist_id   bigint NOT NULL REFERENCES users,
  allergy_check   text NOT NULL DEFAULT 'CLEAR' CHECK (allergy_check IN ('CLEAR', 'MATCH', 'NOT_RUN')),
  override_reason text CHECK (char_length(override_reason) <= 1000),
  date            date NOT NULL DEFAULT current_date,
  dispensed_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dispensings_prescription ON dispensings (prescription_id, id);
CREATE INDEX dispensings_patient ON dispensings (patient_id, id);
CREATE INDEX dispensings_date ON dispensings (date);

CREATE TABLE dispensing_items (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  dispensing_id        bigint NOT NULL REFERENCES dispensings,
  prescription_item_id bigint NOT NULL REFERENCES prescription_items,
  medicine_id          bigint NOT NULL REFERENCES medicines,
  batch_id             bigint NOT NULL REFERENCES medicine_batches,
  quantity             integer NOT NULL CHECK (quantity > 0),
  unit_price           numeric(12, 2) NOT NULL,
  returned             integer NOT NULL DEFAULT 0,
  CONSTRAINT dispensing_items_returned CHECK (returned BETWEEN 0 AND quantity)
);
CREATE INDEX dispensing_items_dispensing ON dispensing_items (dispensing_id, id);
CREATE INDEX dispensing_items_batch ON dispensing_items (batch_id);

-- Every change of a batch's quantity. A movement changes the quantity; nothing else can (rule 36).
CREATE TABLE stock_movements (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  medicine_id   bigint NOT NULL REFERENCES medicines,
  batch_id      bigint NOT NULL REFERENCES medicine_batches,
  movement_type text NOT NULL CHECK (movement_type IN
                  ('RECEIVED', 'DISPENSED', 'RETURNED', 'ADJUSTED', 'STOCKTAKE', 'DISCARDED')),
  quantity      integer NOT NULL CHECK (quantity <> 0),
  balance       integer NOT NULL,
  reason        text CHECK (char_length(reason) <= 1000),
  dispensing_id bigint REFERENCES dispensings,
  user_id       bigint REFERENCES users,
  user_name     text NOT NULL,
  at            timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN stock_movements.quantity IS 'What came, or below zero what went';
COMMENT ON COLUMN stock_movements.balance IS 'The batch''s quantity afterwards';
CREATE INDEX stock_movements_batch ON stock_movements (batch_id, id);

CREATE FUNCTION stock_movements_apply() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    RAISE EXCEPTION 'movements are kept' USING ERRCODE = '23514', CONSTRAINT = 'stock_movements_kept';
  END IF;
  UPDATE medicine_batches SET quantity = quantity + NEW.quantity, version = version + 1,
    updated_at = now() WHERE id = NEW.batch_id RETURNING quantity, medicine_id
    INTO NEW.balance, NEW.medicine_id;
  RETURN NEW;
END $$;
CREATE TRIGGER stock_movements_apply BEFORE INSERT OR UPDATE OR DELETE ON stock_movements
  FOR EACH ROW EXECUTE FUNCTION stock_movements_apply();

CREATE FUNCTION stock_movements_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO outbox (topic, entity_id) VALUES ('stock_movements', NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER stock_movements_told AFTER INSERT ON stock_movements
  FOR EACH ROW EXECUTE FUNCTION stock_movements_told();

CREATE FUNCTION medicine_batches_by_movement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF pg_trigger_depth() < 2 AND NEW.quantity <> coalesce(OLD.quantity, 0) THEN
    RAISE EXCEPTION 'a quantity changes by a movement'
      USING ERRCODE = '23514', CONSTRAINT = 'medicine_batches_by_movement';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER medicine_batches_received BEFORE INSERT ON medicine_batches
  FOR EACH ROW EXECUTE FUNCTION medicine_batches_by_movement();
CREATE TRIGGER medicine_batches_moved BEFORE UPDATE OF quantity ON medicine_batches
  FOR EACH ROW EXECUTE FUNCTION medicine_batches_by_movement();
