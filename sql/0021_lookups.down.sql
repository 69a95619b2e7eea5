UPDATE patient_merges SET united = united - 'shared_history'
  || jsonb_build_object('medical_history', united -> 'shared_history')
WHERE united ? 'shared_history';
ALTER TABLE patients ALTER COLUMN search SET STATISTICS -1;
CREATE INDEX patients_phone_key ON patients (phone_key);
DROP INDEX patients_phone_end;
DROP FUNCTION parted_history(text, text, text[], text[]);
DROP FUNCTION without_paragraphs(text, text[]);
DROP FUNCTION exchange_paragraphs(text, text, text);
DROP FUNCTION has_paragraphs(text, text);
