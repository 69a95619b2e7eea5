import Postgres

/// A part of the audit's chain, as of one moment.
struct ChainPart: Sendable {
  typealias Sealed = (position: Int64, link: [UInt8], entry: SealedEntry?)

  let from: Int64
  /// The link before the first position; `nil` when the chain does not have it.
  let before: [UInt8]?
  let entries: [Sealed]
  let next: Int64?
  let unsealed: Int
  let head: AuditAnchor?
  let anchors: [(anchor: AuditAnchor, isThere: Bool)]
  /// The first position with an unsealed entry before it.
  let insertedBefore: Int64?

  static func read(
    from: Int64, limit: Int, anchors: [AuditAnchor], from postgres: PostgresClient
  ) async throws -> ChainPart {
    let results = try await postgres.withTransaction(.snapshot) { transaction in
      try await transaction.pipeline([
        "SELECT link FROM audit_chain WHERE position = \(from - 1)",
        """
        SELECT c.position, c.link, e.id IS NOT NULL, \(sql: SealedEntry.columns) FROM audit_chain c \
        LEFT JOIN audit_entries e ON e.id = c.entry_id WHERE c.position >= \(from) \
        ORDER BY c.position LIMIT \(limit + 1)
        """,
        "SELECT position, link FROM audit_chain ORDER BY position DESC LIMIT 1",
        "SELECT count(*) FROM audit_entries e WHERE \(sql: AuditChain.isUnsealed)",
        "SELECT position, link FROM audit_chain WHERE position = ANY(\(anchors.map(\.position)))",
        inserted(from: from, limit: limit),
      ])
    }
    return try ChainPart(from: from, limit: limit, anchors: anchors, results)
  }

  /// The position of the first entry that was left out when its neighbours were sealed.
  private static func inserted(from: Int64, limit: Int) -> SQL {
    """
    WITH part AS MATERIALIZED (SELECT c.position, e.xid, e.id FROM audit_chain c \
    JOIN audit_entries e ON e.id = c.entry_id WHERE c.position >= \(from) \
    ORDER BY c.position LIMIT \(limit)), \
    before AS (SELECT e.xid, e.id FROM audit_chain c JOIN audit_entries e ON e.id = c.entry_id \
    WHERE c.position < \(from) ORDER BY c.position DESC LIMIT 1), \
    last AS (SELECT xid, id FROM part ORDER BY position DESC LIMIT 1), \
    stray AS (SELECT e.xid, e.id FROM audit_entries e, last l WHERE (e.xid, e.id) <= (l.xid, l.id) \
    AND (e.xid, e.id) > (coalesce((SELECT xid FROM before), '0'::xid8), \
    coalesce((SELECT id FROM before), 0)) \
    AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id) ORDER BY e.xid, e.id LIMIT 1) \
    SELECT min(p.position) FROM part p, stray s WHERE (p.xid, p.id) > (s.xid, s.id)
    """
  }

  private init(from: Int64, limit: Int, anchors: [AuditAnchor], _ results: [Rows]) throws {
    self.from = from
    before =
      from == 1
      ? AuditChain.start : try results[0].column(as: [UInt8].self).first
    var entries: [Sealed] = try results[1].map { row in
      var cells = row.cells
      let position: Int64 = try cells.next()
      let link: [UInt8] = try cells.next()
      let isThere: Bool = try cells.next()
      return (position, link, isThere ? try SealedEntry(cells: &cells) : nil)
    }
    next = entries.count > limit ? entries.removeLast().position : nil
    self.entries = entries
    head = try results[2].first.map { row in
      var cells = row.cells
      return AuditAnchor(position: try cells.next(), link: try cells.next())
    }
    unsealed = try results[3].single()
    let links = try Dictionary(
      results[4].map { row -> (Int64, [UInt8]) in
        var cells = row.cells
        return (try cells.next(), try cells.next())
      }
    ) { first, _ in first }
    self.anchors = anchors.map { ($0, links[$0.position] == $0.link) }
    insertedBefore = try results[5].column(as: Int64?.self).first ?? nil
  }

  /// The first position at which the chain is not what it was, and why.
  func firstFault(under key: [UInt8]) async -> (position: Int64, fault: AuditFault)? {
    var faults: [(position: Int64, fault: AuditFault)] = []
    if let found = await faultInLinks(AuditChain(key: key)) { faults.append(found) }
    if let insertedBefore { faults.append((insertedBefore, .inserted)) }
    for (anchor, isThere) in anchors where !isThere {
      // An anchor that lies further on is looked at when the walk gets there.
      if anchor.position > head?.position ?? 0 {
        if next == nil { faults.append(((head?.position ?? 0) + 1, .tailCut)) }
      } else if anchor.position >= from, next.map({ anchor.position < $0 }) ?? true {
        faults.append((anchor.position, .anchorMismatch))
      }
    }
    return faults.min { $0.position < $1.position }
  }

  private func faultInLinks(
    _ chain: AuditChain
  ) async -> (position: Int64, fault: AuditFault)? {
    // Past the end, anchors alone tell whether there should be more.
    guard from - 1 <= head?.position ?? 0 else { return nil }
    guard var link = before else { return (from - 1, .positionMissing) }
    var expected = from
    for (position, stored, entry) in entries {
      guard position == expected else { return (expected, .positionMissing) }
      guard let entry else { return (position, .entryMissing) }
      guard chain.link(over: entry, after: link, at: position) == stored else {
        return (position, .linkMismatch)
      }
      link = stored
      expected += 1
      // Other calls run on this thread too.
      if position % 500 == 0 { await Task.yield() }
    }
    return nil
  }
}
