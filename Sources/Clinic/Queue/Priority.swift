import JSONRPC
import Postgres

/// How soon a patient must be seen.
package enum Priority: String, Codable, CaseIterable, Sendable, PostgresEncodable,
  PostgresDecodable, JSONSchemaRepresentable
{
  case routine = "ROUTINE"
  case urgent = "URGENT"
  case emergency = "EMERGENCY"

  /// 0 is served first.
  package var rank: Int {
    switch self {
    case .emergency: 0
    case .urgent: 1
    case .routine: 2
    }
  }
}
