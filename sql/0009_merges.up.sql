-- Merged patients: the old number stays and names the survivor.

ALTER TABLE patients ADD COLUMN merged_into bigint REFERENCES patients,
  ADD CONSTRAINT patients_merged CHECK (merged_into IS NULL OR archived_at IS NOT NULL),
  ADD CONSTRAINT patients_merged_other CHECK (merged_into <> id);
COMMENT ON COLUMN patients.merged_into IS
  'The last survivor: when that one is merged too, this is changed with it, so that one step resolves it';
CREATE INDEX patients_merged_into ON patients (merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE patient_merges (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- Not patient_id: a merge stays what it was when its survivor is merged too.
  merged_id   bigint NOT NULL REFERENCES patients,
  survivor_id bigint NOT NULL REFERENCES patients,
  was_archived_at timestamptz,
  reason      text CHECK (char_length(reason) <= 1000),
  merged_by   text NOT NULL,
  merged_at   timestamptz NOT NULL DEFAULT now(),
  undone_by   text,
  undone_at   timestamptz
);
CREATE UNIQUE INDEX patient_merges_live ON patient_merges (merged_id) WHERE undone_at IS NULL;
CREATE INDEX patient_merges_survivor ON patient_merges (survivor_id);

-- The rows that a merge moved, so that it can be undone.
CREATE TABLE patient_merge_rows (
  merge_id   bigint NOT NULL REFERENCES patient_merges,
  table_name text NOT NULL,
  row_key    text NOT NULL,
  PRIMARY KEY (merge_id, table_name, row_key)
);
CREATE INDEX patient_merge_rows_row ON patient_merge_rows (table_name, row_key);

-- The patient whom a number means today: its own, or the survivor's of all merges.
CREATE FUNCTION survivor(bigint) RETURNS bigint LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
  SELECT coalesce(merged_into, id) FROM patients WHERE id = $1
$$;
