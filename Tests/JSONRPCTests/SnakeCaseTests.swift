import Testing

@testable import JSONRPC

@Suite struct SnakeCaseTests {
  static let names = [
    ("patientID", "patient_id"), ("dateOfBirth", "date_of_birth"), ("icd10Codes", "icd10_codes"),
    ("id", "id"), ("", ""),
    ("htmlURLString", "html_url_string"), ("patientIDs", "patient_ids"),
    ("patientIDsToMerge", "patient_ids_to_merge"),
    ("URL", "url"), ("aB", "a_b"), ("room", "room"), ("isoWeek2Day", "iso_week2_day"),
    ("bloodPressureMMHg", "blood_pressure_mm_hg"),
    ("already_snake", "already_snake"), ("x1", "x1"), ("hasXRay", "has_x_ray"),
    ("visitIDString", "visit_id_string"),
    ("estimatedWaitMinutes", "estimated_wait_minutes"), ("größe", "größe"),
    ("nextCursor", "next_cursor"), ("spo2", "spo2"),
  ]

  @Test(arguments: names) func converts(_ name: String, _ wire: String) {
    #expect(SnakeCase.convert(name) == wire)
  }

  @Test(arguments: names) func matches(_ name: String, _ wire: String) {
    func matches(_ text: String) -> Bool {
      let name = Array(name.utf8)
      let bytes = Array("<\(text)>".utf8)
      return SnakeCase.matches(name.span, bytes.span, 1..<bytes.count - 1)
    }
    #expect(matches(wire))
    #expect(!matches(wire + "x"))
    #expect(!matches("x" + wire))
    #expect(!matches(String(wire.dropLast())) || wire.isEmpty)
    #expect(!matches(name) || name == wire)
  }

  @Test func nearestNames() {
    let known = ["patient_id", "doctor_id", "priority", "reason"]
    #expect(NearestName.nearest(to: "patinet_id", among: known) == "patient_id")
    #expect(NearestName.nearest(to: "doctorid", among: known) == "doctor_id")
    #expect(NearestName.nearest(to: "Reason", among: known) == "reason")
    #expect(NearestName.nearest(to: "xyz", among: known) == nil)
    #expect(NearestName.nearest(to: "", among: known) == nil)
    #expect(NearestName.nearest(to: "a", among: []) == nil)
    #expect(NearestName.nearest(to: String(repeating: "a", count: 100_000), among: known) == nil)
  }
}
