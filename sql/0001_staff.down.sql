DROP TABLE refresh_tokens;
DROP TABLE logins;
DROP FUNCTION logins_revoked();
DROP TABLE users;
DROP FUNCTION users_changed();
