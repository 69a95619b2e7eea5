import Testing

@testable import Clinic
@testable import JSONRPC

/// What writes itself writes what its schema says.
@Suite struct JSONWritableTests {
  @Test func everyMemberIsThere() throws {
    try check(QueueToken.self)
    try check(QueueEvent.self)
    try check(StaffQueue.self)
    try check(BoardQueue.self)
    try check(Board.self)
    try check(BoardToken.self)
    try check(Patient.self)
    try check(PatientSummary.self)
    try check(EmergencyContact.self)
    try check(AuditLogs.Entry.self)
    try check(VisitSummary.self)
    try check(PrescriptionSummary.self)
    try check(Dispensing.self)
    try check(DispensedItem.self)
    try check(InvoiceHead.self)
    try check(Appointment.self)
    try check(Medicine.self)
  }

  /// Takes the schema's sample through the type and back.
  private func check<Value: Decodable & JSONWritable>(_ type: Value.Type) throws {
    let schema = try SchemaRecorder.schema(of: type)
    let sample = try JSONDocument(parsing: schema.sample).root
    let value = try JSONValueDecoder().decode(type, from: sample)
    #expect(try JSONValueEncoder().encode(value) == value.jsonBytes)
    let written = try JSONDocument(parsing: value.jsonBytes).root
    #expect(schema.mismatch(written) == nil)
    #expect(written.members.map(\.name) == sample.members.map(\.name), "\(type)")
    #expect(written.rawBytes == sample.rawBytes, "\(type)")
  }

  @Test("text that a store spaced out comes out compact, its strings untouched")
  func compacting() {
    let text = "{\"a\" : [1, \n 2], \"b \\\" : \\\\\" : \" x  y \"}"
    #expect(
      String(decoding: RawJSON(compacting: Array(text.utf8)).bytes, as: UTF8.self)
        == "{\"a\":[1,2],\"b \\\" : \\\\\":\" x  y \"}")
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (250_000, "1970-01-01T00:00:00.250Z"),
    (-1, "1969-12-31T23:59:59.999999Z"), (1_771_320_600_000_001, "2026-02-17T09:30:00.000001Z"),
  ])
  func instants(microseconds: Int64, text: String) {
    #expect(Instant(microseconds: microseconds).description == text)
    #expect(Instant(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    (0, 3, "000"), (7, 0, "7"), (1000, 3, "1000"), (-5, 2, "-05"),
    (.max, 3, "9223372036854775807"), (.min, 3, "-9223372036854775808"),
  ])
  func digits(number: Int, width: Int, text: String) {
    #expect(number.padded(width) == text)
  }
}
