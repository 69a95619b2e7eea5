-- Invoices, payments, refunds.

CREATE TABLE invoices (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  number          bigint CONSTRAINT invoices_number_key UNIQUE,
  patient_id      bigint NOT NULL REFERENCES patients,
  prescription_id bigint REFERENCES prescriptions,
  visit_id        bigint REFERENCES visits,
  mode            text NOT NULL CHECK (mode IN ('AUTO', 'MANUAL')),
  status          text NOT NULL CHECK (status IN ('DRAFT', 'PENDING', 'PAID', 'CANCELLED')),
  subtotal        numeric(14, 2) NOT NULL CHECK (subtotal >= 0),
  discount_percent numeric(5, 2) CHECK (discount_percent BETWEEN 0 AND 100),
  discount        numeric(14, 2) NOT NULL DEFAULT 0,
  tax_percent     numeric(5, 2) NOT NULL DEFAULT 0 CHECK (tax_percent BETWEEN 0 AND 100),
  tax             numeric(14, 2) NOT NULL DEFAULT 0 CHECK (tax >= 0),
  total           numeric(14, 2) NOT NULL,
  paid            numeric(14, 2) NOT NULL DEFAULT 0,
  refunded        numeric(14, 2) NOT NULL DEFAULT 0,
  notes           text CHECK (char_length(notes) <= 1000),
  cancel_reason   text CHECK (char_length(cancel_reason) <= 1000),
  issued_at       timestamptz,
  paid_at         timestamptz,
  cancelled_at    timestamptz,
  date            date NOT NULL DEFAULT current_date,
  created_by      text NOT NULL,
  version         bigint NOT NULL DEFAULT 1,
  created_at      timestamptz NOT NULL DEFAULT now(),
  updated_at      timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT invoices_discount CHECK (discount BETWEEN 0 AND subtotal),
  CONSTRAINT invoices_total CHECK (total = subtotal - discount + tax),
  -- However many pay at once (rule 41).
  CONSTRAINT invoices_paid CHECK (paid - refunded <= total),
  CONSTRAINT invoices_refunded CHECK (refunded BETWEEN 0 AND paid),
  CONSTRAINT invoices_numbered CHECK ((status = 'DRAFT') <= (number IS NULL)),
  CONSTRAINT invoices_issued CHECK (status NOT IN ('PENDING', 'PAID') OR number IS NOT NULL)
);
-- One prescription has one invoice that is not cancelled (rule 43).
CREATE UNIQUE INDEX invoices_prescription_key ON invoices (prescription_id)
  WHERE status <> 'CANCELLED';
CREATE INDEX invoices_patient ON invoices (patient_id, id);
CREATE INDEX invoices_date ON invoices (date, id);
CREATE INDEX invoices_status ON invoices (status, date, id);
ALTER TABLE dispensings ADD CONSTRAINT dispensings_invoice FOREIGN KEY (invoice_id) REFERENCES invoices;

-- The last number given. Its row is locked until the invoice is committed: no gap (rule 40).
CREATE TABLE invoice_numbers (
  id   boolean PRIMARY KEY DEFAULT true CHECK (id),
  last bigint NOT NULL DEFAULT 0
);
INSERT INTO invoice_numbers DEFAULT VALUES;

CREATE TABLE invoice_items (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id           bigint NOT NULL REFERENCES invoices,
  position             integer NOT NULL,
  description          text NOT NULL CHECK (char_length(description) BETWEEN 1 AND 200),
  medicine_id          bigint REFERENCES medicines,
  prescription_item_id bigint REFERENCES prescription_items,
  quantity             integer NOT NULL CHECK (quantity BETWEEN 1 AND 100000),
  unit_price           numeric(12, 2) NOT NULL CHECK (unit_price >= 0),
  line_total           numeric(14, 2) NOT NULL,
  CONSTRAINT invoice_items_position_key UNIQUE (invoice_id, position),
  CONSTRAINT invoice_items_total CHECK (line_total = round(quantity * unit_price, 2))
);

-- The lines of an issued invoice are locked (rule 42), and so are its amounts. A cancelled one stays
-- cancelled. A new invoice's lines are written before its own row: then it has no number yet.
CREATE FUNCTION invoice_items_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM invoices WHERE number IS NOT NULL
    AND id IN (OLD.invoice_id, NEW.invoice_id))
  THEN
    RAISE EXCEPTION 'the invoice is issued' USING ERRCODE = '23514', CONSTRAINT = 'invoices_locked';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER invoice_items_locked BEFORE INSERT OR UPDATE OR DELETE ON invoice_items
  FOR EACH ROW EXECUTE FUNCTION invoice_items_locked();

CREATE FUNCTION invoices_locked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR (OLD.status = 'CANCELLED' AND NEW.status <> 'CANCELLED')
    OR (OLD.number IS NOT NULL AND
    (NEW.number, NEW.prescription_id, NEW.mode, NEW.subtotal, NEW.discount_percent, NEW.discount,
     NEW.tax_percent, NEW.tax, NEW.total)
    IS DISTINCT FROM
    (OLD.number, OLD.prescription_id, OLD.mode, OLD.subtotal, OLD.discount_percent, OLD.discount,
     OLD.tax_percent, OLD.tax, OLD.total))
  THEN
    RAISE EXCEPTION 'the invoice is issued' USING ERRCODE = '23514', CONSTRAINT = 'invoices_locked';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER invoices_locked BEFORE UPDATE OR DELETE ON invoices
  FOR EACH ROW EXECUTE FUNCTION invoices_locked();

CREATE TABLE payments (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id     bigint NOT NULL REFERENCES invoices,
  payment_method text NOT NULL CHECK (payment_method IN ('CASH', 'CARD', 'UPI')),
  amount         numeric(14, 2) NOT NULL CHECK (amount > 0),
  tendered       numeric(14, 2) NOT NULL,
  change         numeric(14, 2) NOT NULL DEFAULT 0 CHECK (change >= 0),
  reference      text CHECK (char_length(reference) <= 200),
  received_by    text NOT NULL,
  date           date NOT NULL DEFAULT current_date,
  paid_at        timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT payments_change CHECK (tendered = amount + change),
  CONSTRAINT payments_change_is_cash CHECK (change = 0 OR payment_method = 'CASH')
);
CREATE INDEX payments_invoice ON payments (invoice_id, id);
CREATE INDEX payments_date ON payments (date);

-- A refund belongs to the day and the method that it was made in (rule 42).
CREATE TABLE refunds (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id     bigint NOT NULL REFERENCES invoices,
  payment_method text NOT NULL CHECK (payment_method IN ('CASH', 'CARD', 'UPI')),
  amount         numeric(14, 2) NOT NULL CHECK (amount > 0),
  reason         text NOT NULL CHECK (char_length(reason) BETWEEN 1 AND 1000),
  refunded_by    text NOT NULL,
  date           date NOT NULL DEFAULT current_date,
  refunded_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX refunds_invoice ON refunds (invoice_id, id);
CREATE INDEX refunds_date ON refunds (date);

-- What was paid and refunded stays written down.
CREATE FUNCTION payments_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'payments and refunds are kept'
    USING ERRCODE = '23514', CONSTRAINT = 'payments_kept';
END $$;
CREATE TRIGGER payments_kept BEFORE UPDATE OR DELETE ON payments
  FOR EACH ROW EXECUTE FUNCTION payments_kept();
CREATE TRIGGER refunds_kept BEFORE UPDATE OR DELETE ON refunds
  FOR EACH ROW EXECUTE FUNCTION payments_kept();
