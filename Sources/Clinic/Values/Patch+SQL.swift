import JSONRPC
import Postgres

extension Patch where Value: PostgresEncodable {
  /// What an UPDATE sets, if anything.
  func change(of column: String) -> [SQL] {
    switch self {
    case .unchanged: []
    case .clear: ["\(raw: column) = NULL"]
    case .set(let value): ["\(raw: column) = \(value)"]
    }
  }
}
