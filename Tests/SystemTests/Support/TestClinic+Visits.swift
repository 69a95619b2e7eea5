import JSONRPC
import Postgres
import Testing

@testable import Clinic

/// A doctor, and what a test of visits needs at hand.
struct DoctorAtWork: Sendable {
  let member: TestClinic.Member
  let caller: TestConnection
  var id: JSON { .int(member.id) }
}

extension TestClinic {
  func doctorAtWork(on instance: Int = 0) async throws -> DoctorAtWork {
    let member = try await member(.doctor)
    return DoctorAtWork(member: member, caller: try await connect(member, on: instance))
  }

  /// A visit of a new patient by a doctor. - Returns: its id.
  func visit(by doctor: DoctorAtWork, of patient: Int? = nil) async throws -> Int {
    let number: Int
    if let patient { number = patient } else { number = try await self.patient() }
    return try await doctor.caller.call("visits.create", ["patient_id": .int(number)])
      .integer("id")
  }

  /// Puts a new patient into the queue. - Returns: the token's name.
  func token(for doctor: DoctorAtWork? = nil) async throws -> JSON {
    let admin = try await admin()
    let token = try await admin.call(
      "queue.walk_in",
      ["patient_id": .int(try await patient()), "doctor_id": doctor?.id ?? .null])
    await admin.close()
    return .string(try token.text("token"))
  }

  func status(of token: JSON) async throws -> String? {
    guard case .string(let name) = token else { return nil }
    return try await texts(
      "SELECT status FROM queue_tokens WHERE number = \(Int(name.suffix(3)) ?? 0)"
    )
    .first
  }
}
