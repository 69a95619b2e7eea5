import JSONRPC
import Postgres
import TestSupport
import Testing

extension TestClinic {
  /// How many entries are not in the chain.
  func unsealedEntries() async throws -> Int {
    try await number(
      """
      SELECT count(*) FROM audit_entries e \
      WHERE NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id)
      """)
  }

  /// Waits until so many entries are in the chain and none waits to get there.
  func sealed(_ count: Int, by caller: TestConnection) async throws {
    for _ in 0..<count { try await caller.call("patients.list") }
    let last = try await number("SELECT max(id) FROM audit_entries")
    try await eventually("the audit is sealed") {
      try await number(
        """
        SELECT count(*) FROM audit_entries e WHERE id <= \(last) \
        AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id)
        """) == 0
    }
  }

  /// The first bad entry that a walk along the whole chain meets.
  func walk(_ caller: TestConnection, step: Int) async throws -> JSONValue? {
    var from = 1
    while true {
      let part = try await caller.call("audit.verify", ["from": .int(from), "limit": .int(step)])
      if let bad = part["first_bad"], !bad.isNull {
        #expect(part["ok"]?.bool == false)
        return bad
      }
      #expect(part["ok"]?.bool == true)
      guard let next = part["next"]?.int else { return nil }
      from = next
    }
  }
}
