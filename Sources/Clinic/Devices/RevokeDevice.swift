import JSONRPC
package import Postgres

/// Ends a device: its tokens, its connections and its subscriptions, at once (rule 46).
package struct RevokeDevice: Command {
  package typealias Result = Device
  package static let name = "devices.revoke"
  package static let summary = "Ends a device's tokens, connections and subscriptions at once."
  package static let roles = Roles.only(.admin)
  package static let errors: [Reason] = [.notFound]

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
    await clinic.sessions.recheck(.user(user))
  }
}
