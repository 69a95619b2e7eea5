import JSONRPC
import Mongo
import Postgres
import Redis

/// Makes a projection anew from PostgreSQL.
package struct Rebuild: Query {
  package enum Target: String, Codable, CaseIterable, Sendable, JSONSchemaRepresentable {
    case redis, mongo
  }
  package struct Result: Codable, Sendable {
    let store: Target
    /// Days of the queue, or entries that will be copied again in the background.
    let items: Int
  }
  package static let name = "system.rebuild"
  package static let summary = "Makes what Redis or MongoDB holds anew from PostgreSQL."
  package static let roles = Roles.only(.admin)
  package static let time: Duration? = .seconds(600)
  package static let isAudited = true

  package let store: Target

  package var isAuditedFirst: Bool { true }
  package var subject: Subject? { Subject("projection", store.rawValue) }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    switch store {
    case .redis:
      let rows = try await clinic.postgres.query(
        "SELECT date FROM queue_days WHERE date >= current_date - 2 ORDER BY date")
      for row in rows {
        var cells = row.cells
        let day = try await QueueDay.read(
          try cells.next(), rules: clinic.settings.queue, from: clinic.postgres)
        guard await clinic.liveQueue.rebuild(day, forced: true) else {
          throw ClinicError(.storeUnavailable).with("store", "redis")
        }
      }
      return Result(store: store, items: rows.count)
    case .mongo:
      do {
        try await MongoCollections.drop(from: clinic.mongo)
        try await MongoCollections.createIndexes(in: clinic.mongo)
      } catch {
        throw ClinicError(.storeUnavailable).with("store", "mongodb")
      }
      return Result(
        store: store,
        items: try await clinic.postgres.query(MongoCollections.refillOutbox, isLong: true).single()
      )
    }
  }
}
