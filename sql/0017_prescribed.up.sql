-- A prescription keeps what its medicines were called when it was signed.
ALTER TABLE prescription_items
  ADD COLUMN medicine_name text,
  ADD COLUMN generic_name text,
  ADD COLUMN form text,
  ADD COLUMN strength text;
UPDATE prescription_items i SET medicine_name = m.name, generic_name = m.generic_name,
  form = m.form, strength = m.strength FROM medicines m WHERE m.id = i.medicine_id;
ALTER TABLE prescription_items ALTER COLUMN medicine_name SET NOT NULL;

CREATE FUNCTION prescription_items_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  SELECT name, medicines.generic_name, medicines.form, medicines.strength
    INTO NEW.medicine_name, NEW.generic_name, NEW.form, NEW.strength
    FROM medicines WHERE id = NEW.medicine_id;
  RETURN NEW;
END $$;
CREATE TRIGGER prescription_items_named BEFORE INSERT ON prescription_items
  FOR EACH ROW EXECUTE FUNCTION prescription_items_named();
