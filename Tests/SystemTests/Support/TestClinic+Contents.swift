import Postgres

extension TestClinic {
  /// What is kept of the clinic, except the audit.
  func contents() async throws -> [String] {
    try await texts(
      """
      SELECT kind || ' ' || row FROM ( \
      SELECT 'user' AS kind, to_json(u)::text AS row FROM users u UNION ALL \
      SELECT 'login', to_json(l)::text FROM logins l UNION ALL \
      SELECT 'refresh', to_json(r)::text FROM refresh_tokens r UNION ALL \
      SELECT 'patient', to_json(p)::text FROM patients p UNION ALL \
      SELECT 'day', to_json(d)::text FROM queue_days d UNION ALL \
      SELECT 'token', to_json(t)::text FROM queue_tokens t UNION ALL \
      SELECT 'event', to_json(e)::text FROM queue_events e UNION ALL \
      SELECT 'key', to_json(k)::text FROM idempotency_keys k) AS everything ORDER BY 1
      """)
  }
}
