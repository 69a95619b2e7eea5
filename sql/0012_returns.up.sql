-- What came back of a prescription, what a merge has united, and who may not come back to the line.

ALTER TABLE prescription_items ADD COLUMN returned integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN prescription_items.returned IS 'All that ever came back';
UPDATE prescription_items t SET returned = back.quantity FROM (
    SELECT prescription_item_id, sum(returned)::integer AS quantity FROM dispensing_items
    WHERE returned > 0 GROUP BY prescription_item_id) back
  WHERE t.id = back.prescription_item_id;

ALTER TABLE patient_merges ADD COLUMN united jsonb;
COMMENT ON COLUMN patient_merges.united IS 'What the survivor got that was not known there before';

-- Whether a patient whose row was just locked is archived. One who was merged while the lock was waited
-- for is not whom the number means now: the transaction is run again.
CREATE FUNCTION archived(archived_at timestamptz, merged_into bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF merged_into IS NOT NULL THEN
    RAISE EXCEPTION 'merged meanwhile' USING ERRCODE = '40001';
  END IF;
  RETURN archived_at IS NOT NULL;
END $$;

-- Nobody brings the token of an archived patient back to the line.
CREATE FUNCTION queue_tokens_archived() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  is_archived boolean;
BEGIN
  -- As it is when whoever archives has ended.
  SELECT archived_at IS NOT NULL INTO is_archived FROM patients WHERE id = NEW.patient_id FOR KEY SHARE;
  IF is_archived THEN
    RAISE EXCEPTION 'the patient is archived'
      USING ERRCODE = '23514', CONSTRAINT = 'queue_tokens_archived';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER queue_tokens_archived BEFORE UPDATE OF status ON queue_tokens FOR EACH ROW
  WHEN (OLD.status IN ('COMPLETED', 'CANCELLED', 'NO_SHOW')
    AND NEW.status IN ('WAITING', 'WITH_DOCTOR', 'SKIPPED'))
  EXECUTE FUNCTION queue_tokens_archived();
