import JSONRPC
import Postgres

/// Lists paired devices and those that wait to be paired.
package struct ListDevices: Query {
  package typealias Result = Page<Device>
  package static let name = "devices.list"
  package static let summary = "Lists paired devices and those that wait, the newest first."
  package static let roles = Roles.only(.admin)

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
