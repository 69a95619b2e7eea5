DROP TABLE patients;
DROP FUNCTION digits(text);
DROP FUNCTION folded(text);
