import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Texts that look the same and are not: to Swift's `String` an é is equal to an e with an accent
/// after it, and the sign for kelvin to a K. Here each is what it is.
@Suite struct ExactTextTests {
  private static let composed = "\u{E9}"
  private static let decomposed = "e\u{301}"

  @Test("rule 51: a password that only looks right is wrong, also while the right one is checked")
  func passwords() async throws {
    try await TestClinic.run(1, ["CLINIC_PASSWORD_COST": "10"]) { clinic in
      let admin = try await clinic.admin()
      @Sendable func password(_ letter: String) -> JSON { .string("p\(letter)ssword that is long") }
      try await admin.call(
        "auth.register",
        [
          "username": "exact", "password": password(Self.composed), "full_name": "Exact",
          "role": "RECEPTION",
        ])
      let callers = try await (0..<12).asyncMap { _ in try await clinic.stranger() }
      let reasons = try await concurrently(12) { index in
        try await callers[index].outcome(
          "auth.login",
          [
            "username": "exact",
            "password": password(index % 3 == 0 ? Self.decomposed : Self.composed),
          ]
        ).reason
      }
      for (index, reason) in reasons.enumerated() {
        #expect(reason == (index % 3 == 0 ? "bad_credentials" : "ok"))
      }
    }
  }

  @Test("idempotency keys that look the same are two, also in one batch of the queue")
  func keys() async throws {
    try await TestClinic.run(1) { clinic in
      let patients = try await clinic.patients(2)
      let wire = try clinic.daemons[0].wire()
      let keys = ["key \(Self.composed)", "key \(Self.decomposed)"]
      let calls = (0..<2).map { index in
        WireSocket.request(
          "queue.walk_in",
          ["patient_id": .int(patients[index]), "idempotency_key": .string(keys[index])],
          id: index)
      }
      for round in 0..<2 {
        try await wire.send(Array(calls.joined()))
        for _ in 0..<2 {
          let answer = try #require(try await wire.message())
          let id = try answer.integer("id")
          #expect(answer["result"]?["patient_id"]?.int == patients[id], "round \(round)")
        }
      }
      #expect(try await clinic.number("SELECT count(*) FROM queue_tokens") == 2)
    }
  }

  @Test("a role with the sign for kelvin in it is none")
  func enumerations() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let error = try await admin.refused("users.list", ["role": "\u{212A}IOSK"])
      #expect(error.reason == "not_allowed_value")
      try await admin.call("users.list", ["role": "KIOSK"])
    }
  }

  @Test("a speciality has 200 characters, whatever they are")
  func speciality() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let doctor = try await clinic.member(.doctor)
      for text in [String(repeating: "a", count: 200), String(repeating: "👩🏽‍⚕️", count: 28)] {
        let user = try await admin.call(
          "users.update", ["id": .int(doctor.id), "speciality": .string(text)])
        #expect(user["speciality"]?.string == text)
      }
      let error = try await admin.refused(
        "users.update",
        ["id": .int(doctor.id), "speciality": .string(String(repeating: "a", count: 201))])
      #expect(error.reason == "too_long")
    }
  }
}
