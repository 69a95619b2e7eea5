DROP TABLE clinical_notes, visits, outbox;
DROP FUNCTION clinical_notes_kept(), visit_touched(), visits_history(), visits_locked();
