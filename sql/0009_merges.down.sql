DROP FUNCTION survivor(bigint);
DROP TABLE patient_merge_rows, patient_merges;
ALTER TABLE patients DROP COLUMN merged_into;
