import Bcrypt
import JSONRPC
package import Postgres

/// Approves the device that shows a code: it becomes a user of its role, for whom no password is
/// valid.
package struct ApproveDevice: Command {
  package typealias Result = Device
  package static let name = "devices.approve"
  package static let summary = "Approves the kiosk or board that shows this code."
  package static let roles = Roles.only(.reception)
  package static let errors: [Reason] = [.notFound]

  package let code: PairingCode
  package let name: Line?
  /// What boards and lists call the place where the device stands.
  package let room: Room?

  package var subject: Subject? { Subject("device") }
  package func subject(of result: Device) -> Subject? { Subject("device", result.id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Device {
    let pending = try await transaction.query(
      """
      SELECT \(sql: Device.columns) FROM devices \
      WHERE status = 'PENDING' AND code = \(code) AND expires_at > now() FOR UPDATE
      """
    ).decode(as: Device.self).first
    guard let pending else { throw ClinicError(.notFound).with("resource", "pairing_code") }
    let name = name?.rawValue ?? pending.name ?? "\(pending.role.rawValue) \(pending.id)"
    let username = "device-\(pending.id)"
    // Somebody may be called so.
    let user: ID<User> = try await transaction.query(
      """
      INSERT INTO users (username, password_hash, full_name, role, room) SELECT \(username) || CASE \
      WHEN EXISTS (SELECT FROM users WHERE username = \(username)) THEN '-' || gen_random_uuid() \
      ELSE '' END, \(clinic.passwords.unusableHash), \(name), \(pending.role), \(room) RETURNING id
      """
    ).single()
    return try await transaction.query(
      """
      UPDATE devices SET status = 'APPROVED', name = \(name), user_id = \(user), \
      approved_by = \(caller.name), approved_at = now() WHERE id = \(pending.id) \
      RETURNING \(sql: Device.columns)
      """
    ).row()
  }

  package func committed(_ result: Device, in clinic: Clinic) async {
    if let user = result.userID { try? await clinic.staff.refresh(user) }
  }
}
