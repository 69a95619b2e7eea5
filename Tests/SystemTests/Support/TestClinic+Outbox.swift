import Mongo
import Postgres
import TestSupport
import Testing

extension TestClinic {
  /// Waits until MongoDB has been told of everything.
  func drained(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    try await eventually(
      within: .seconds(60), "the outbox is empty", sourceLocation: sourceLocation
    ) {
      try await number("SELECT count(*) FROM outbox") == 0
    }
  }

  /// Each completed visit has one document, of its present version.
  func expectHistory(sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let expected = try await texts(
      """
      SELECT concat_ws(' ', id, history_version, patient_id) FROM visits \
      WHERE status = 'COMPLETED' ORDER BY id
      """)
    let found = try await mongo.find("visit_history", sort: ["_id": 1]).map { document in
      let version = document["source_version"]?.integerValue ?? 0
      let patient = document["patient"]?["id"]?.integerValue ?? 0
      return "\(document["_id"]?.integerValue ?? 0) \(version) \(patient)"
    }
    #expect(found == expected, sourceLocation: sourceLocation)
  }
}
