import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Rules 7, 9 and 47 for bookings that come at once and travel to PostgreSQL together.
@Suite struct BookingTests {
  /// Of each ten calls seven can be booked; a blocked slot, an archived patient and an unknown slot
  /// are refused. The seventh and the ninth are for one patient, under two numbers, at one time.
  @Test("each gets its own answer, refused ones and two numbers of one patient among them")
  func together() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      let doctors = try await (0..<4).asyncMap { _ in try await clinic.member(.doctor) }
      let slots = try await doctors.asyncMap { try await clinic.slots(of: $0, 50) }
      let beside = try await (0..<4).asyncMap { _ in
        try await clinic.slots(of: try await clinic.member(.doctor), 50)
      }
      let patients = try await clinic.patients(200)
      let params = (0..<200).map { index -> JSON in
        let slot =
          switch index % 10 {
          case 7: 4711
          case 8: beside[index / 50][index % 50 - 2]
          default: slots[index / 50][index % 50]
          }
        return ["patient_id": .int(patients[index]), "slot_id": .int(slot)]
      }
      for index in stride(from: 0, to: 200, by: 10) {
        _ = try await clinic.postgres.query(
          """
          UPDATE slots SET is_blocked = true WHERE id = \(slots[index / 50][index % 50 + 3])
          """)
        _ = try await clinic.postgres.query(
          "UPDATE patients SET archived_at = now() WHERE id = \(patients[index + 5])")
        _ = try await clinic.postgres.query(
          """
          UPDATE patients SET archived_at = now(), merged_into = \(patients[index + 6]) \
          WHERE id = \(patients[index + 8])
          """)
      }
      let outcomes = try await concurrently(200) {
        try await desk.outcome("appointments.create", params[$0])
      }
      for (index, outcome) in outcomes.enumerated() {
        switch index % 10 {
        case 3: #expect(outcome.reason == "slot_blocked")
        case 5: #expect(outcome.reason == "patient_archived")
        case 7: #expect(outcome.reason == "not_found")
        case 6:
          #expect(
            Set([outcome.reason, outcomes[index + 2].reason]) == ["ok", "appointments_overlap"])
        case 8: break
        default: #expect(outcome.result?["slot_id"]?.int == slots[index / 50][index % 50])
        }
      }
      let booked = try outcomes.compactMap(\.result).map { try $0.integer("id") }
      #expect(booked.count == 120)
      #expect(Set(booked).count == 120)
      #expect(try await clinic.number("SELECT count(*) FROM appointments") == 120)
      func told(_ outcome: String) async throws -> Int {
        try await clinic.number(
          """
          SELECT count(DISTINCT (resource_id, request_id)) FROM audit_entries \
          WHERE method = 'appointments.create' AND outcome = \(outcome)
          """)
      }
      #expect(try await told("ok") == 120)
      for refusal in ["slot_blocked", "patient_archived", "appointments_overlap"] {
        #expect(try await told(refusal) == 20)
      }
    }
  }

  @Test("calls that wait for locks keep nobody: neither who came with them nor who comes later")
  func waiting() async throws {
    try await TestClinic.run(1) { clinic in
      let slots = try await clinic.slots(of: try await clinic.member(.doctor), 50)
      let patients = try await clinic.patients(50)
      let wire = try clinic.daemons[0].wire()
      @Sendable func call(_ index: Int) -> [UInt8] {
        WireSocket.request(
          "appointments.create",
          ["patient_id": .int(patients[index]), "slot_id": .int(slots[index])], id: index)
      }
      @Sendable func booked(_ count: Int) async throws -> Set<Int> {
        var ids: Set<Int> = []
        for _ in 0..<count {
          let answer = try #require(try await wire.message())
          let id = try answer.integer("id")
          #expect(answer["result"]?["slot_id"]?.int == slots[id])
          ids.insert(id)
        }
        return ids
      }
      let stuck = Set(7..<13)
      let rows = stuck.map { slots[$0] }
      try await clinic.holding("SELECT FROM slots WHERE id = ANY(\(rows)) FOR UPDATE") {
        try await wire.send(Array((0..<40).map(call).joined()))
        #expect(try await booked(34) == Set(0..<40).subtracting(stuck))
        for index in 40..<50 {
          try await wire.send(call(index))
          #expect(try await booked(1) == [index])
        }
      }
      #expect(try await booked(6) == stuck)
    }
  }
}
