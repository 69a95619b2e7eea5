import JSONRPC
import Mongo
import Postgres

/// Completed visits with their notes and prescriptions, from MongoDB: the newest first.
package struct ListVisitHistory: Query {
  package typealias Result = Page<JSONOf<VisitRecord>>
  package static let name = "reports.visit_history"
  package static let summary = "Lists completed visits with notes and prescriptions, newest first."
  package static let roles = Roles.only(.doctor)
  package static let errors: [Reason] = [.notFound]
  package static let isAudited = true

  package let patientID: ID<Patient>?
  package let doctorID: ID<User>?
  package let from: LocalDate?
  /// The last day, included.
  package let to: LocalDate?
  package let limit: PageLimit?
  package let cursor: DatedCursor?

  package var subject: Subject? {
    patientID.map { Subject("patient", $0) } ?? Subject("visit_history")
  }

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Result {
    let limit = limit ?? .standard
    let patient = try await patientID?.survivor(in: clinic)
    let documents = try await clinic.report(
      VisitHistoryTopic.collection, filter(of: patient), Self.order, limit: limit)
    return try Page(documents, limit: limit, item: JSONOf.init) { document in
      let date = document["visit_date"]?.stringValue.flatMap { LocalDate($0) }
      let id = document["visit_id"]?.integerValue
      return DatedCursor(date: date ?? LocalDate(days: 0), id: id ?? 0).rawValue
    }
  }

  static let order: BSONDocument = ["visit_date": -1, "_id": -1]

  func filter(of patient: ID<Patient>?) -> BSONDocument {
    var filter = BSONDocument()
    if let patient { filter.append("patient.id", .int64(patient.rawValue)) }
    if let doctorID { filter.append("doctor.id", .int64(doctorID.rawValue)) }
    var days = BSONDocument()
    if let from { days.append("$gte", .string(from.description)) }
    // Just after the day itself.
    if let to { days.append("$lt", .string(to.description + "~")) }
    filter.restrict(
      "visit_date", days, after: cursor.map { (.string($0.date.description), $0.id) })
    return filter
  }
}
