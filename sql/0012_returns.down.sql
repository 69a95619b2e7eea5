DROP TRIGGER queue_tokens_archived ON queue_tokens;
DROP FUNCTION queue_tokens_archived(), archived(timestamptz, bigint);
ALTER TABLE patient_merges DROP COLUMN united;
ALTER TABLE prescription_items DROP COLUMN returned;
