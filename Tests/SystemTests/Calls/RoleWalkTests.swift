import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// Rule 45 on the wire: what the table says is what callers meet. (`MethodTableTests` holds the
/// table against the answers that are expected.)
@Suite struct RoleWalkTests {
  /// Params that get past decoding, and that name nothing that there is.
  private static let params: [String: JSON] = [
    "auth.login": ["username": "nobody", "password": "nothing"],
    "auth.authenticate": ["access_token": "none"],
    "auth.refresh": ["refresh_token": "none"],
    "auth.change_password": ["current_password": "wrong", "new_password": "another password"],
    "users.get": ["id": 999_999], "users.update": ["id": 999_999],
    "users.reset_password": ["id": 999_999, "new_password": "another password"],
    "patients.get": ["id": 999_999], "patients.update": ["id": 999_999],
    "patients.delete": ["id": 999_999],
    "slots.block": ["id": 999_999], "slots.unblock": ["id": 999_999],
    "slots.create_bulk": [
      "doctor_id": 999_999, "from": "2030-01-01", "to": "2030-01-01", "start": "09:00",
      "end": "10:00", "minutes": 15,
    ],
    "appointments.create": ["patient_id": 999_999, "slot_id": 999_999],
    "appointments.get": ["id": 999_999], "appointments.update": ["id": 999_999],
    "appointments.cancel": ["id": 999_999], "appointments.mark_no_show": ["id": 999_999],
    "queue.check_in": ["appointment_id": 999_999],
    "queue.walk_in": ["patient_id": 999_999], "queue.call_next": ["doctor_id": 999_999],
    "queue.set_status": ["token": "2020-01-01-001", "status": "SKIPPED"],
    "queue.undo": ["token": "2020-01-01-001", "reason": "none"],
    "queue.recall": ["token": "2020-01-01-001"],
    "queue.transfer": ["token": "2020-01-01-001", "doctor_id": 999_999],
    "queue.set_priority": ["token": "2020-01-01-001", "priority": "URGENT"],
    "billing.create": ["mode": "AUTO", "prescription_id": 999_999],
    "billing.get": ["id": 999_999], "billing.update": ["id": 999_999],
    "billing.issue": ["id": 999_999],
    "billing.receipt": ["id": 999_999],
    "billing.pay": ["id": 999_999, "payment_method": "CASH"],
    "billing.cancel": ["id": 999_999, "reason": "none"],
    "billing.refund": ["id": 999_999, "payment_method": "CASH", "reason": "none"],
    "queue.unsubscribe": ["subscription": "none"], "system.rebuild": ["store": "redis"],
  ]

  /// Refusals by a rule of their own, of callers whom the table lets in.
  private static let ownRefusals: Set = [
    "not_your_queue", "not_your_patient", "not_your_slots", "bad_credentials",
  ]

  @Test("rule 45: every method × role on the wire, for both instances")
  func walk() async throws {
    try await TestClinic.run { clinic in
      let table = try MethodTable.all()
      var walked = 0
      for (index, role) in (Role.allCases.map(Optional.some) + [nil]).enumerated() {
        let member = try await role.asyncMap { try await clinic.member($0) }
        for entry in table.entries {
          // Logging out is another test's.
          guard entry.name != "auth.logout" else { continue }
          let instance = (index + walked) % 2
          let caller = try await member.asyncMap { try await clinic.connect($0, on: instance) }
          let connection = try await caller.orElse { try await clinic.stranger(on: instance) }
          let error: RPCError?
          switch try await connection.raw(entry.name, Self.params[entry.name] ?? [:]) {
          case .ok: error = nil
          case .refused(let refusal): error = refusal
          }
          let place: Comment = "\(entry.name) by \(role?.rawValue ?? "nobody")"
          if entry.roles.allow(role) {
            #expect(error?.reason != "role_not_allowed", place)
            #expect(error?.reason != "not_authenticated", place)
            #expect(error?.code != -32603 && error?.code != -32601, place)
            if let error, error.code == -32002 {
              #expect(Self.ownRefusals.contains(error.reason), place)
            }
          } else if role == nil {
            #expect(error?.code == -32001, place)
            #expect(error?.reason == "not_authenticated", place)
          } else {
            #expect(error?.code == -32002, place)
            #expect(error?.reason == "role_not_allowed", place)
          }
          await connection.close()
          walked += 1
        }
      }
      #expect(walked == (table.entries.count - 1) * 7)
      #expect(try await clinic.number("SELECT count(*) FROM patients") == 0, "nobody made one")
      #expect(try await clinic.number("SELECT count(*) FROM users") == 6)
    }
  }

  @Test("rule 45: what is in no table is no method, for an administrator too")
  func unlisted() async throws {
    try await TestClinic.run(1) { clinic in
      let admin = try await clinic.admin()
      for method in ["queue.Today", "queue.today ", "", "rpc.", "system.shutdown", "users.delete"] {
        let error = try await admin.refused(method)
        #expect(error.code == -32601, "\(method)")
        #expect(error.reason == "unknown_method")
      }
    }
  }

  @Test("rule 45: rpc.discover tells each role of its own methods alone")
  func discovery() async throws {
    try await TestClinic.run(1) { clinic in
      let table = try MethodTable.all()
      for role in Role.allCases.map(Optional.some) + [nil] {
        let caller = try await role.asyncMap { try await clinic.connect($0) }
        let connection = try await caller.orElse { try await clinic.stranger() }
        let document = try await connection.call("rpc.discover")
        let names = try document.list("methods").map { try $0.text("name") }
        #expect(names == table.entries.filter { $0.roles.allow(role) }.map(\.name))
      }
    }
  }

  @Test("the kernel's word gives a role on the Unix socket, and no staff identity")
  func kernelsWord() async throws {
    try await TestClinic.run(1, ["CLINIC_ROLES": "\(hostUser())=KIOSK"]) { clinic in
      // Users have to be made by hand: there is no administrator on this socket.
      let kiosk = try await TestConnection.connect(to: clinic.daemons[0].unix)
      let who = try await kiosk.call("auth.whoami")
      #expect(who["role"]?.string == "KIOSK")
      #expect(who["id"]?.isNull == true)
      #expect(try await kiosk.refused("patients.list").reason == "role_not_allowed")
      let password = try await kiosk.refused(
        "auth.change_password", ["current_password": "x", "new_password": "another password"])
      #expect(password.reason == "no_staff_identity")
    }
    try await TestClinic.run(1, ["CLINIC_ROLES": "none"]) { clinic in
      let nobody = try await TestConnection.connect(to: clinic.daemons[0].unix)
      #expect(try await nobody.refused("auth.whoami").reason == "not_authenticated")
      #expect(try await nobody.call("system.ping")["pong"]?.bool == true)
    }
  }
}
