import NIOCore

/// How far the audit's chain and its copy in MongoDB are behind.
enum Audit {
  /// Waits until everything that was done is sealed and shipped.
  ///
  /// - Returns: the seconds that took; nil when it was not done within `seconds`.
  static func drain(_ setting: Setting, within seconds: Double) async throws -> Double? {
    let begin = NIODeadline.now()
    while true {
      let left = try await behind(setting)
      let passed = Double((NIODeadline.now() - begin).nanoseconds) / 1e9
      if left == 0 { return passed }
      guard passed < seconds else { return nil }
      try await Task.sleep(for: .milliseconds(left > 1000 ? 500 : 50))
    }
  }

  /// Entries that are not in MongoDB yet. `system.health` tells the same, as of its last look some
  /// seconds ago.
  static func behind(_ setting: Setting) async throws -> Int {
    try await setting.postgres.number(behindQuery)
  }

  static let behindQuery = """
    SELECT (SELECT count(*) FROM audit_entries e, projections p WHERE p.name = 'audit_chain'
    AND (e.xid, e.id) > (p.xid, p.entry_id)) + coalesce((SELECT max(position) FROM audit_chain), 0)
    - (SELECT position FROM projections WHERE name = 'audit_logs')
    """
}
