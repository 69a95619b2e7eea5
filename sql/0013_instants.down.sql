DROP FUNCTION rfc3339(timestamptz);
