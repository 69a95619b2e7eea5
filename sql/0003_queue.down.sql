DROP TABLE queue_events;
DROP TABLE queue_tokens;
DROP TABLE queue_days;
