DROP TRIGGER prescription_items_named ON prescription_items;
DROP FUNCTION prescription_items_named();
ALTER TABLE prescription_items
  DROP COLUMN medicine_name, DROP COLUMN generic_name, DROP COLUMN form, DROP COLUMN strength;
