import JSONRPC
import Postgres

/// How many items a page holds: 1 to 200.
package struct PageLimit: BoundedNumber {
  package let rawValue: Int
  package init(rawValue: Int) { self.rawValue = rawValue }
  package static let bounds = 1...200
  package static let standard = PageLimit(rawValue: 50)

  /// One row more than a page holds, for a LIMIT. It is text and no parameter: that way PostgreSQL
  /// keeps a plan that knows how few rows are wanted, and need not plan each call. A search by part
  /// of a name has a parameter there, because its plan depends on the search term.
  var rows: SQL { "\(raw: String(rawValue + 1))" }
}
