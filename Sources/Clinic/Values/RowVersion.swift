import JSONRPC
import Postgres

/// How many times a row was written, 1 for a new one; an update that names another number is
/// refused as `stale_version`. By name only.
package struct RowVersion: BoundedNumber, ByNameOnly, PostgresEncodable, PostgresDecodable {
  package let rawValue: Int64
  package init(rawValue: Int64) { self.rawValue = rawValue }
  package static let bounds: ClosedRange<Int64> = 0...Int64.max
}

extension RowVersion? {
  /// Refuses an update that knows another version than the stored one.
  func require(_ stored: RowVersion) throws(ClinicError) {
    if let self, self != stored { throw ClinicError.stale(stored) }
  }
}

extension ClinicError {
  /// The refusal of an update that does not know the present version.
  static func stale(_ version: RowVersion) -> ClinicError {
    ClinicError(.staleVersion).with("version", .int(Int(version.rawValue)))
  }
}
