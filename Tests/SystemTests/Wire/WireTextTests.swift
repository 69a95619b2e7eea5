import Clinic
import JSONRPC
import Postgres
import TestSupport
import Testing

/// Texts come back as they were sent, whatever is in them.
@Suite struct WireTextTests {
  static let texts = [
    "'; DROP TABLE patients; --", "' OR '1'='1", "Robert'); DELETE FROM users;--", #""quoted""#,
    #"back\slash \\ \n \u0041"#, "$1 %s %n {0} ${x} #{y}", "100% _under_ *",
    "<script>alert(1)</script>",
    #"{"a":[1,null]}"#, "🏥👩🏽‍⚕️🇮🇳", "مريض ١٢٣ \u{202E}abc\u{202C}", "שלום עולם", "आशा शर्मा", "小明 王",
    "e\u{0301} is not \u{00E9}", "\u{FEFF}x\u{200B}y\u{200D}z", "ﬁ Ⅳ ½", "\u{10FFFD}\u{E000}",
    "NULL", "null", "0", "-1", "true", "\\N", "a\u{00A0}b",
  ]

  @Test("every text of a patient")
  func patients() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      for (index, text) in Self.texts.enumerated() {
        let other: JSON = .string(Self.texts[(index + 1) % Self.texts.count])
        let value: JSON = .string(text)
        let params: JSON = [
          "name": value, "address": .string(text + "\nsecond line\t" + text),
          "allergies": [value, other], "chronic_conditions": [other],
          "medical_history": .string("first\r\n\r\n" + text),
          "emergency_contact": [
            "name": value, "relation": other,
          ], "idempotency_key": value,
        ]
        let created = try await desk.call("patients.create", params)
        let id = try created.integer("id")
        let repeated = try await desk.call("patients.create", params)
        #expect(repeated.rawBytes == created.rawBytes, "a key is a text, too")
        let read = try await desk.call("patients.get", ["id": .int(id)])
        for patient in [created, read] {
          Self.expect(patient["name"], text)
          Self.expect(patient["address"], text + "\nsecond line\t" + text)
          Self.expect(patient["medical_history"], "first\r\n\r\n" + text)
          Self.expect(patient["allergies"]?[0], text)
          Self.expect(patient["allergies"]?[1], Self.texts[(index + 1) % Self.texts.count])
          Self.expect(patient["emergency_contact"]?["name"], text)
        }
        let stored = try await clinic.texts("SELECT name FROM patients WHERE id = \(id)")
        #expect(stored.map { Array($0.utf8) } == [Array(text.utf8)])
        let token = try await desk.call("queue.walk_in", ["patient_id": .int(id)])
        Self.expect(token["patient_name"], text)
        let updated = try await desk.call(
          "patients.update", ["id": .int(id), "name": other, "address": value])
        Self.expect(updated["name"], Self.texts[(index + 1) % Self.texts.count])
        Self.expect(updated["address"], text)
        // Whatever it finds: it is a search, and no statement.
        _ = try await desk.call("patients.list", ["search": value])
      }
      #expect(try await clinic.number("SELECT count(*) FROM patients") == Self.texts.count)
      let tokens = try await desk.call("queue.today").list("tokens")
      #expect(tokens.count == Self.texts.count)
      // Each has been renamed since.
      for (token, text) in zip(tokens, Self.texts.dropFirst() + Self.texts.prefix(1)) {
        Self.expect(token["patient_name"], text)
      }
    }
  }

  @Test("the same texts of staff, as reasons, and in the audit")
  func staff() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let patients = try await clinic.patients(Self.texts.count)
      for (index, text) in Self.texts.enumerated() {
        let value: JSON = .string(text)
        let password: JSON = .string("a long password " + text)
        let user = try await admin.call(
          "auth.register",
          [
            "username": .string("user-\(index)"), "password": password, "full_name": value,
            "role": "DOCTOR", "speciality": value, "room": .string(String(text.prefix(8))),
          ])
        Self.expect(user["full_name"], text)
        Self.expect(user["speciality"], text)
        if password.bytes.count < 72 {
          let stranger = try await clinic.stranger()
          let login = try await stranger.call(
            "auth.login", ["username": .string("user-\(index)"), "password": password])
          Self.expect(login["user"]?["full_name"], text)
          await stranger.close()
        }
        let token = try await admin.call("queue.walk_in", ["patient_id": .int(patients[index])])
        let name: JSON = .string(try token.text("token"))
        try await admin.call("queue.set_status", ["token": name, "status": "CANCELLED"])
        try await admin.call("queue.undo", ["token": name, "reason": value])
        let error = try await admin.refused("queue.unsubscribe", ["subscription": value])
        #expect(error.reason == "not_found")
      }
      let names = try await admin.call("doctors.list").list("items").compactMap {
        $0["name"]?.string
      }
      #expect(Set(names) == Set(Self.texts))
      try await eventually("the audit has every reason") {
        let page = try await admin.call(
          "reports.audit_logs", ["action": "queue.undo", "outcome": "ok", "limit": 200])
        let reasons = try page.list("items").compactMap { $0["details"]?["reason"]?.string }
        return Set(reasons.map { Array($0.utf8) }) == Set(Self.texts.map { Array($0.utf8) })
      }
      for text in Self.texts {
        for filter in ["resource_type", "resource_id", "action", "outcome"] {
          let page = try await admin.call("reports.audit_logs", [filter: .string(text)])
          #expect(try page.list("items").isEmpty)
        }
      }
    }
  }

  /// Byte for byte: a canonical equivalent is another text.
  private static func expect(
    _ value: JSONValue?, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(
      value?.string.map { Array($0.utf8) } == Array(text.utf8), "\(text)",
      sourceLocation: sourceLocation)
  }
}
