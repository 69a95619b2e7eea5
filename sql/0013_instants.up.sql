-- An instant as the wire has it: RFC 3339 in UTC, with no decimals, three or six.
CREATE FUNCTION rfc3339(at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
RETURN regexp_replace(
  to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '(\.000)?000$', '') || 'Z';
