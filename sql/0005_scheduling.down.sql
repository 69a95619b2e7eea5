DROP TRIGGER queue_tokens_appointment_new ON queue_tokens;
DROP TRIGGER queue_tokens_appointment_moved ON queue_tokens;
DROP FUNCTION queue_tokens_appointment();
ALTER TABLE queue_tokens DROP COLUMN appointment_id, DROP COLUMN due_at;
DROP TABLE appointment_events, appointments, slots;
DROP FUNCTION appointments_changed();
