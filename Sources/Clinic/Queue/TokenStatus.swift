import JSONRPC
import Postgres

/// Where a token stands.
package enum TokenStatus: String, Codable, CaseIterable, Sendable, PostgresEncodable,
  PostgresDecodable, JSONSchemaRepresentable
{
  case waiting = "WAITING"
  case withDoctor = "WITH_DOCTOR"
  case skipped = "SKIPPED"
  case completed = "COMPLETED"
  case cancelled = "CANCELLED"
  case noShow = "NO_SHOW"

  /// Whether the patient may still be served today.
  package var isLive: Bool {
    switch self {
    case .waiting, .withDoctor, .skipped: true
    case .completed, .cancelled, .noShow: false
    }
  }

  /// The moves that a token may make (rule 19). Leaving a final state is `queue.undo`.
  package func mayBecome(_ next: TokenStatus) -> Bool {
    switch self {
    case .waiting: [.withDoctor, .skipped, .cancelled, .noShow].contains(next)
    case .withDoctor: [.completed, .waiting, .skipped].contains(next)
    case .skipped: [.waiting, .noShow, .cancelled].contains(next)
    case .completed, .cancelled, .noShow: false
    }
  }
}
