import JSONRPC
import TestSupport
import Testing

@testable import Clinic

/// Rule 29 wherever there is a version: of many who have read the same, one changes it.
@Suite struct VersionRaceTests {
  @Test("rule 29: 20 changes from one version at once, over two instances: one, and 19 stale")
  func oneWins() async throws {
    try await TestClinic.run(2) { clinic in
      let admin = try await clinic.member(.admin)
      let callers = try await concurrently(6) { try await clinic.connect(admin, on: $0 % 2) }
      let doctor = try await clinic.member(.doctor)
      let desk = callers[0]
      let slot = JSON.int(try await clinic.slots(of: doctor)[0])
      let patient = JSON.int(try await clinic.patient())
      let medicine = try await clinic.medicine()
      let batch = try await desk.call(
        "inventory.add_batch",
        [
          "medicine_id": .int(medicine), "batch_number": "A", "quantity": 10,
          "expiry_date": .string(try await clinic.day(300)),
        ])
      let draft = try await desk.call(
        "billing.create",
        [
          "mode": "MANUAL", "patient_id": patient, "status": "DRAFT",
          "items": [["description": "A line", "quantity": 1, "unit_price": "5"]],
        ])
      let appointment = try await desk.call(
        "appointments.create", ["patient_id": patient, "slot_id": slot])
      let targets: [(method: String, id: JSON, version: JSON, change: String)] = [
        ("patients.update", patient, 1, "address"),
        ("users.update", .int(doctor.id), 1, "speciality"),
        ("inventory.update_medicine", .int(medicine), 1, "manufacturer"),
        ("inventory.update_batch", batch["id"].json, batch["version"].json, "supplier"),
        ("billing.update", draft["id"].json, draft["version"].json, "notes"),
        ("appointments.update", appointment["id"].json, appointment["version"].json, "notes"),
      ]
      for target in targets {
        let outcomes = try await concurrently(20) { index in
          let params: JSON = .object([
            ("id", target.id), ("version", target.version),
            (target.change, .string("change \(index)")),
          ])
          return try await callers[index % callers.count].outcome(target.method, params)
        }
        #expect(outcomes.count { $0.reason == "ok" } == 1, "\(target.method)")
        #expect(outcomes.count { $0.reason == "stale_version" } == 19, "\(target.method)")
        let made = try #require(outcomes.firstIndex { $0.reason == "ok" }, "\(target.method)")
        let result = outcomes[made].result
        #expect(result?[target.change]?.string == "change \(made)", "\(target.method)")
        for case .refused(let error) in outcomes {
          #expect(error.data["version"] == result?["version"]?.int.map { .int($0) })
        }
      }
    }
  }
}
