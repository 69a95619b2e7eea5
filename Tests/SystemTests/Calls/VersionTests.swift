import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// An update that names another version than the row's is refused, and nothing is overwritten
/// silently.
@Suite struct VersionTests {
  @Test("20 updates of one version at once, over two instances: one success, 19 refusals")
  func oneWins() async throws {
    try await TestClinic.run { clinic in
      let reception = try await clinic.member(.reception)
      let desks = [
        try await clinic.connect(reception, on: 0), try await clinic.connect(reception, on: 1),
      ]
      let patient = try await desks[0].call("patients.create", ["name": "Asha"])
      let id = patient["id"].json
      let outcomes = try await concurrently(20) { index in
        try await desks[index % 2].outcome(
          "patients.update", ["id": id, "address": "Address \(index)", "version": 1])
      }
      #expect(outcomes.filter { $0.reason == "ok" }.count == 1)
      #expect(outcomes.filter { $0.reason == "stale_version" }.count == 19)
      let winner = try #require(outcomes.lazy.compactMap(\.result).first)
      let stored = try await desks[1].call("patients.get", ["id": id])
      #expect(stored["address"]?.string == winner["address"]?.string)
      #expect(try stored.integer("version") == 2)
    }
  }

  @Test("a stale version names the row's, changes nothing, and goes by name only")
  func stale() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      let user = try await clinic.member(.pharmacist)
      let patient = try await clinic.patient()
      let calls: [(String, JSON)] = [
        ("patients.update", ["id": .int(patient), "name": "Other"]),
        ("patients.delete", ["id": .int(patient)]),
        ("users.update", ["id": .int(user.id), "full_name": "Other"]),
        (
          "users.reset_password", ["id": .int(user.id), "new_password": "another password"]
        ),
      ]
      for (method, params) in calls {
        for version in [0, 2, 999] {
          let error = try await admin.refused(method, params.with("version", .int(version)))
          #expect(error.code == -32004, "\(method)")
          #expect(error.reason == "stale_version")
          #expect(error.data["version"] == .int(1))
        }
      }
      #expect(try await clinic.number("SELECT sum(version)::bigint FROM patients") == 1)
      #expect(
        try await clinic.number("SELECT version FROM users WHERE id = \(user.id)") == 1)
      #expect(try await clinic.connect(user).call("auth.whoami").integer("id") == user.id)

      let positional = try await admin.refused(
        "patients.delete", [.int(patient), 1])
      #expect(positional.reason == "too_many_params")
      for (method, params) in calls {
        try await admin.call(method, params.with("version", 1))
        if method.hasPrefix("users") {
          _ = try await clinic.postgres.query("UPDATE users SET version = 1 WHERE id = \(user.id)")
        } else {
          _ = try await clinic.postgres.query("UPDATE patients SET version = 1")
        }
      }
    }
  }
}
