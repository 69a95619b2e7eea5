import JSONRPC
import Postgres
import TestSupport
import Testing

@testable import Clinic

/// Users, as the other instance sees them.
@Suite struct StaffTests {
  @Test("who was made at one instance is known at the other one when the answer is there")
  func madeElsewhere() async throws {
    try await TestClinic.run { clinic in
      let admin = try await clinic.admin(on: 0)
      let desk = try await clinic.connect(.reception, on: 1)
      for (index, patient) in try await clinic.patients(20).enumerated() {
        let doctor = try await admin.call(
          "auth.register",
          [
            "username": "doctor-of-\(index)", "password": "a password of a doctor",
            "full_name": "Doctor \(index)", "role": "DOCTOR", "room": "Room \(index)",
          ])
        let token = try await desk.call(
          "queue.walk_in", ["patient_id": .int(patient), "doctor_id": doctor["id"].json])
        #expect(try token.integer("doctor_id") == doctor.integer("id"))
        let listed = try await desk.call("doctors.list").list("items")
        #expect(listed.contains { $0["room"]?.string == "Room \(index)" })
      }
    }
  }

  @Test("doctors are listed in the order of their names, page by page")
  func pages() async throws {
    try await TestClinic.run(1) { clinic in
      let desk = try await clinic.connect(.reception)
      for name in ["Dr. C", "Dr. A", "Dr. B", "Dr. A"] {
        _ = try await clinic.member(.doctor, name: name)
      }
      var names: [String] = []
      var cursor: String?
      repeat {
        let page = try await desk.call(
          "doctors.list", ["limit": 1, "cursor": cursor.map(JSON.string) ?? .null])
        names += try page.list("items").map { try $0.text("name") }
        cursor = page["next_cursor"]?.string
      } while cursor != nil
      #expect(names == ["Dr. A", "Dr. A", "Dr. B", "Dr. C"])
      let all = try await desk.call("doctors.list")
      #expect(try all.list("items").count == 4 && all["next_cursor"]?.isNull == true)
    }
  }

  @Test("a doctor's new name and room are shown on every instance's boards")
  func newRoom() async throws {
    try await TestClinic.run { clinic in
      let admin = try await clinic.admin(on: 0)
      let desk = try await clinic.connect(.reception, on: 0)
      let doctor = try await clinic.member(.doctor, name: "Dr. Rao", room: "Room 1")
      let boards = [
        try await clinic.connect(.display, on: 0), try await clinic.connect(.display, on: 1),
      ]
      try await desk.call("queue.walk_in", ["patient_id": .int(try await clinic.patient())])
      try await desk.call("queue.call_next", ["doctor_id": .int(doctor.id)])
      for (name, room) in [("Dr. Rao", "Room 1"), ("Dr. Meera Rao", "Room 2")] {
        try await admin.call(
          "users.update",
          ["id": .int(doctor.id), "full_name": .string(name), "room": .string(room)])
        for board in boards {
          try await eventually(within: .seconds(10), "the board shows \(room)") {
            let queue = try await board.call("queue.today").member("board")
            return try queue.list("serving").map {
              [$0["doctor_label"]?.string, $0["room"]?.string]
            }
              == [[name, room]]
          }
        }
      }
    }
  }

  @Test("two users of one name or address at once: one is made")
  func unique() async throws {
    try await TestClinic.run { clinic in
      let admins = [try await clinic.admin(on: 0), try await clinic.admin(on: 1)]
      let outcomes = try await concurrently(10) { index in
        try await admins[index % 2].outcome(
          "auth.register",
          [
            "username": .string(index < 5 ? "same.name" : "other-\(index)"),
            "email": .string(index < 5 ? "own\(index)@example.org" : "Same@Example.org"),
            "password": "a password of somebody", "full_name": "Somebody", "role": "RECEPTION",
          ])
      }
      let reasons = outcomes.map(\.reason)
      #expect(reasons.prefix(5).sorted() == ["ok"] + Array(repeating: "username_taken", count: 4))
      #expect(reasons.suffix(5).sorted() == Array(repeating: "email_taken", count: 4) + ["ok"])
      #expect(try await clinic.number("SELECT count(*) FROM users") == 2)
    }
  }
}
