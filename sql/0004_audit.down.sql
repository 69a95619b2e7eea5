DROP TABLE idempotency_keys;
DROP TABLE projections;
DROP TABLE audit_chain;
DROP TABLE audit_entries;
