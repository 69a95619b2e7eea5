import Bcrypt
import JSONRPC
package import Postgres

/// Lets the device that shows a code in: it becomes a user of its role whose password nobody knows.
package struct ApproveDevice: Command {
  package typealias Result = Device
  package static let name = "devices.approve"
  package static let summary = "Approves the kiosk or board that shows this code."
  package static let roles = Roles.only(.reception)
  package static let errors: [Reason] = [.noSuch, .busy]
  package static let sharesTransaction = false

  package let code: PairingCode
  package let name: Line?
  /// What boards and lists call the place where the device stands.
  package let room: Room?

  package var subject: Subject? { Subject("device") }
  package func subject(of result: Device) -> Subject? { Subject("device", result.id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Device {
    let hash = try await clinic.passwords.checking { try await $0.hash(Secret.make()) }
    let pending = try await transaction.query(
      """
      SELECT \(sql: Device.columns) FROM devices \
      WHERE status = 'PENDING' AND code = \(code) AND expires_at > now() FOR UPDATE
      """
    ).decode(as: Device.self).first
    guard let pending else { throw ClinicError(.noSuch).with("resource", "pairing_code") }
    let name = name?.rawValue ?? pending.name ?? "\(pending.role.rawValue) \(pending.id)"
    let user: ID<User> = try await transaction.query(
      """
      INSERT INTO users (username, password_hash, full_name, role, room) VALUES \
      (\("device-\(pending.id)"), \(hash), \(name), \(pending.role), \(room)) RETURNING id
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

/// Ends a device: its tokens, its connections and its subscriptions, at once (rule 46).
package struct RevokeDevice: Command {
  package typealias Result = Device
  package static let name = "devices.revoke"
  package static let summary = "Ends a device's tokens, connections and subscriptions at once."
  package static let roles = Roles.only()
  package static let errors: [Reason] = [.noSuch]

  package let id: ID<Device>

  package var subject: Subject? { Subject("device", id) }

  package func run(
    in transaction: Transaction, of clinic: Clinic, by caller: Caller
  ) async throws -> Device {
    let device: Device = try await transaction.query(
      """
      UPDATE devices SET status = 'REVOKED', revoked_at = coalesce(revoked_at, now()) \
      WHERE id = \(id) RETURNING \(sql: Device.columns)
      """
    ).row(orMissing: "device", id)
    if let user = device.userID {
      _ = try await transaction.query(
        "UPDATE users SET enabled = false, version = version + 1 WHERE id = \(user) AND enabled")
    }
    return device
  }

  package func committed(_ result: Device, in clinic: Clinic) async {
    guard let user = result.userID else { return }
    try? await clinic.staff.refresh(user)
    await clinic.logins.recheck(.user(user))
  }
}

package struct ListDevices: Query {
  package typealias Result = Page<Device>
  package static let name = "devices.list"
  package static let summary = "Lists paired devices and those that wait, the newest first."
  package static let roles = Roles.only()

  package let status: Device.Status?
  package let limit: PageLimit?
  package let cursor: Cursor?

  package func run(in clinic: Clinic, by caller: Caller?) async throws -> Page<Device> {
    let limit = limit ?? .standard
    let devices = try await clinic.postgres.query(
      """
      SELECT \(sql: Device.columns) FROM devices WHERE id < \(cursor?.id ?? .max) \
      AND (\(status)::text IS NULL OR status = \(status)) \
      ORDER BY id DESC LIMIT \(sql: limit.rows)
      """
    ).decode(as: Device.self)
    return Page(devices, limit: limit) { $0.id.description }
  }
}
