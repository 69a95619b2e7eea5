import JSONRPC
import Postgres

/// Walks the audit's chain and computes each link anew: an entry that was edited, removed, inserted
/// or put elsewhere shows, and so does a tail that was cut off, against an anchor (rule 48).
package struct VerifyAudit: Query {
  package struct Result: Codable, Sendable {
    package struct Bad: Codable, Sendable {
      let position: Int64
      let reason: AuditFault
    }
    package struct Anchor: Codable, Sendable {
      let position: Int64
      /// Whether the chain holds this anchor.
      let ok: Bool
    }
    let from: Int64
    /// Where to go on; null at the end of the chain.
    let next: Int64?
    let checked: Int
    let ok: Bool
    let firstBad: Bad?
    /// Entries in the chain.
    let sealed: Int64
    /// Entries that are still to be sealed.
    let unsealed: Int
    /// The last link: what to keep outside of the database.
    let head: AuditAnchor?
    /// The anchors that the chain was compared with: the state directory's and the caller's.
    let anchors: [Anchor]
  }
  package static let name = "audit.verify"
  package static let summary = "Checks a part of the audit's chain."
  package static let roles = Roles.only(.admin)
  package static let time: Duration? = .seconds(60)
  package static let isAudited = true

  /// The position to begin at; by default 1.
  package let from: ChainPosition?
  package let limit: EntryLimit?
  /// A link that was kept elsewhere.
  package let anchor: AuditAnchor?

  package var subject: Subject? { Subject("audit_log") }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    // Before the chain, which only grows.
    let kept = await clinic.anchorFile.read().flatMap(AuditAnchor.init)
    let part = try await ChainPart.read(
      from: from?.rawValue ?? 1, limit: limit?.rawValue ?? EntryLimit.standard,
      anchors: [kept, anchor].compactMap(\.self), from: clinic.postgres)
    let end = (part.head?.position ?? 0) + 1
    guard part.from <= end || part.anchors.contains(where: { $0.anchor.position >= end }) else {
      throw ParamsError(reason: .outOfRange, field: "from", message: "the chain ends before that")
    }
    let first = await part.firstFault(under: clinic.settings.auditKey)
    return Result(
      from: part.from, next: part.next, checked: part.entries.count, ok: first == nil,
      firstBad: first.map { Result.Bad(position: $0.position, reason: $0.fault) },
      sealed: part.head?.position ?? 0, unsealed: part.unsealed, head: part.head,
      anchors: part.anchors.map { Result.Anchor(position: $0.anchor.position, ok: $0.isThere) })
  }
}

/// What is wrong at a position of the chain.
package enum AuditFault: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
  /// The link does not follow from this entry and the link before: the entry was edited, or put
  /// elsewhere.
  case linkMismatch = "link_mismatch"
  /// The chain has the link, and the entry is gone.
  case entryMissing = "entry_missing"
  /// The chain has no such position.
  case positionMissing = "position_missing"
  /// An unsealed entry precedes the sealed entry at this position.
  case inserted
  /// The chain ends before an anchor.
  case tailCut = "tail_cut"
  /// The chain holds another link than an anchor.
  case anchorMismatch = "anchor_mismatch"
}

/// A position in the audit's chain.
package struct ChainPosition: BoundedNumber {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int64> = 1...Int64.max
}

/// How many entries a call checks: 1 to 10,000.
package struct EntryLimit: BoundedNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let bounds = 1...10_000
  static let standard = 5000
}
