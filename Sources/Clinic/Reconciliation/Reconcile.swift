import JSONRPC
import Mongo
import Postgres

/// Checks that PostgreSQL, Redis and MongoDB agree, and reports where they do not. PostgreSQL is
/// the truth: a repair changes only the copies.
package struct Reconcile: Query {
  package enum Part: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
    case queue, audit, visits, stock, days
  }
  package struct Checked: Codable, Sendable {
    let what: String
    let count: Int
  }
  package struct Result: Codable, Sendable {
    /// Whether the stores agree now: after the repair, where there was one.
    let ok: Bool
    let checked: [Checked]
    /// How many differences there were; the first hundred are reported.
    let found: Int
    let differences: [Difference]
    /// How many of them are gone.
    let repaired: Int
  }
  package static let name = "system.reconcile"
  package static let summary = "Compares Redis and MongoDB with PostgreSQL, and repairs them."
  package static let roles = Roles.only(.admin)
  package static let time: Duration? = .seconds(600)
  package static let isAudited = true

  package let repair: Bool?
  /// The part to compare; by default all parts.
  package let part: Part?

  package var isAuditedFirst: Bool { repair == true }
  package var subject: Subject? { Subject("projection", part?.rawValue) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    var before = Findings()
    var left = 0
    if repair == true, part != .queue { try await Self.repairIndexes(of: clinic) }
    for part in part.map({ [$0] }) ?? Part.allCases {
      for comparison in part.comparisons {
        do {
          let findings = try await comparison.run(in: clinic, repairs: repair == true)
          before.add(findings)
          if findings.found > 0 {
            let again =
              repair == true ? try await comparison.run(in: clinic, repairs: false) : findings
            left += again.found
          }
        } catch let error as MongoError {
          throw ClinicError(error)
        }
      }
    }
    return Result(
      ok: left == 0, checked: before.checked, found: before.found, differences: before.differences,
      repaired: max(0, before.found - left))
  }
}

extension Reconcile {
  /// Makes missing indexes anew: the indexes of a collection that was dropped are gone with it.
  private static func repairIndexes(of clinic: Clinic) async throws {
    do {
      try await MongoCollections.createIndexes(in: clinic.mongo)
    } catch {
      throw ClinicError(.storeUnavailable).with("store", "mongodb")
    }
  }
}

extension Reconcile.Part {
  fileprivate var comparisons: [any Comparison] {
    switch self {
    case .queue: [QueueComparison()]
    case .audit: [AuditComparison()]
    case .visits: [CopyComparison(topic: VisitHistoryTopic.self)]
    case .stock: [CopyComparison(topic: StockMovementTopic.self), BatchComparison()]
    case .days: [DayComparison()]
    }
  }
}
