package import JSONRPC
import Mongo
import Postgres

/// The audit, read from MongoDB: the newest first.
package struct AuditLogs: Query {
  package struct Entry: Codable, Sendable {
    package struct Actor: Codable, Sendable {
      let id: ID<User>?
      let name: String?
      let role: String?
    }
    package struct Resource: Codable, Sendable {
      let type: String?
      let id: String?
    }
    /// The entry's position in the sealed chain.
    let position: Int64
    let timestamp: String
    let user: Actor
    let source: String
    let action: String
    let resource: Resource
    let outcome: String
    let requestID: String
    let details: RawJSON?
  }
  package typealias Result = Page<Entry>
  package static let name = "reports.audit_logs"
  package static let summary = "Lists audit entries, the newest first."
  package static let roles = Roles.only(.admin)
  package static let isAudited = true

  package let from: Instant?
  package let to: Instant?
  package let userID: ID<User>?
  package let resourceType: Line?
  package let resourceID: Line?
  package let action: Line?
  package let outcome: Line?
  package let limit: PageLimit?
  package let cursor: MomentCursor?

  package var subject: Subject? { Subject("audit_log") }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Entry> {
    let limit = limit ?? .standard
    let documents = try await clinic.report(
      AuditShipment.collection, filter(of: try await numbers(in: clinic)), Self.order, limit: limit)
    return Page(documents.map(Entry.init), limit: limit) { entry in
      let moment = Instant(entry.timestamp)?.milliseconds ?? 0
      return MomentCursor(moment, entry.position).rawValue
    }
  }

  static let order: BSONDocument = ["timestamp": -1, "_id": -1]

  /// The numbers that the resource has had: the numbers of merged patients mean the survivor (rule
  /// 6).
  private func numbers(in clinic: Clinic) async throws -> [String] {
    guard let resourceID else { return [] }
    guard resourceType?.rawValue == "patient", let id = Int64(digits: resourceID.rawValue) else {
      return [resourceID.rawValue]
    }
    let numbers = try await clinic.postgres.query(
      """
      SELECT id::text FROM patients WHERE id = (SELECT survivor(\(id))) \
      OR merged_into = (SELECT survivor(\(id))) ORDER BY id
      """, retry: true
    ).column(as: String.self)
    return numbers.isEmpty ? [resourceID.rawValue] : numbers
  }

  /// - Parameter numbers: the numbers of the resource; empty for all resources.
  func filter(of numbers: [String]) -> BSONDocument {
    var filter = BSONDocument()
    if let userID { filter.append("user.id", .int64(userID.rawValue)) }
    if let resourceType { filter.append("resource.type", .string(resourceType.rawValue)) }
    if numbers.count == 1 {
      filter.append("resource.id", .string(numbers[0]))
    } else if !numbers.isEmpty {
      filter.append("resource.id", ["$in": .array(numbers.map(BSON.string))])
    }
    if let action { filter.append("action", .string(action.rawValue)) }
    if let outcome { filter.append("outcome", .string(outcome.rawValue)) }
    filter.restrict("timestamp", from: from, before: to, after: cursor)
    return filter
  }
}

extension AuditLogs.Entry: JSONWritable {
  package func writeMembers(into json: inout JSONWriter) {
    json.member("position", Int(position))
    json.member("timestamp", timestamp)
    json.key("user")
    json.beginObject()
    json.member("id", user.id)
    json.member("name", user.name)
    json.member("role", user.role)
    json.endObject()
    json.member("source", source)
    json.member("action", action)
    json.key("resource")
    json.beginObject()
    json.member("type", resource.type)
    json.member("id", resource.id)
    json.endObject()
    json.member("outcome", outcome)
    json.member("request_id", requestID)
    json.key("details")
    // A store may hold what somebody else wrote.
    if let details, (try? JSONDocument(parsing: details.bytes)) != nil {
      json.raw(details.bytes)
    } else {
      json.null()
    }
  }
}

extension AuditLogs.Entry {
  init(_ document: EncodedDocument) {
    position = document["_id"]?.integerValue ?? 0
    timestamp = document["at"]?.stringValue ?? ""
    let user = document["user"]
    self.user = Actor(
      id: user?["id"]?.integerValue.map(ID.init(rawValue:)), name: user?["name"]?.stringValue,
      role: user?["role"]?.stringValue)
    source = document["source"]?.stringValue ?? ""
    action = document["action"]?.stringValue ?? ""
    let resource = document["resource"]
    self.resource = Resource(
      type: resource?["type"]?.stringValue, id: resource?["id"]?.stringValue)
    outcome = document["outcome"]?.stringValue ?? ""
    requestID = document["request_id"]?.stringValue ?? ""
    details = document["details"]?.stringValue.map { RawJSON(bytes: Array($0.utf8)) }
  }
}
